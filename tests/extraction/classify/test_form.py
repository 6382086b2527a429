from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article
from tests.extraction.classify.case import cases

FORMS = {
    "live-blog-en": ("live-blog", "json-ld"),
    "live-ticker-de": ("live-blog", "url"),
    "gallery-fr": ("gallery", "json-ld"),
    "gallery-es": ("gallery", "url"),
}


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.state == "ok"], ids=lambda case: case.name
)
def test_live_blogs_and_galleries_are_told_and_other_articles_are_neither(case) -> None:
    answer = case.read().page
    assert answer is not None
    article = answer.article
    assert (article.form, article.origins.get("form")) == FORMS.get(case.name, (None, None))


def test_an_address_alone_makes_no_live_blog_and_no_gallery() -> None:
    page = (
        "<html><body><h1>How a live blog is made</h1><p>By many hands, all night.</p></body></html>"
    )
    for path in ("media/live-blog", "art/gallery/opening"):
        assert extract_article(page, f"https://shore.example/{path}").form is None
