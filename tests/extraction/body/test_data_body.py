from __future__ import annotations

import json

import pytest

from crawler import extract_article
from crawler.extraction.body.chosen_body import data_body
from crawler.extraction.markdown.render import to_markdown

TEXT = "The council met on Monday and decided about the bridge over the river. " * 5


def _script(body: object) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": body})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{TEXT}\n\n{TEXT}", f"{TEXT.strip()}\n\n{TEXT.strip()}"),
        (f"<p>{TEXT}</p><p>Two</p>", f"{TEXT.strip()}\n\nTwo"),
        ("Short.", None),
        (["x"], None),
        (None, None),
    ],
)
def test_an_article_body_in_json_ld_is_read_as_text_or_as_html(
    body: object, expected: str | None
) -> None:
    found = data_body([_script(body)])
    assert (None if found is None else to_markdown(found, "https://a.example/")) == expected


def test_the_data_count_where_the_markup_holds_no_article() -> None:
    script = f"<script type='application/ld+json'>{_script(TEXT)}</script>"
    article = extract_article(f"<html>{script}<div id=root></div>", "https://a.example/b")
    assert article.markdown == TEXT.strip()
    assert article.origins["markdown"] == "json-ld"
    text = "<p>Another text of the page, by the way. </p>" * 9
    whole = f"<html>{script}<article><h1>Bridge</h1>{text}"
    assert "Another text" in extract_article(whole, "https://a.example/b").markdown


def test_scripts_in_the_data_do_not_come_along() -> None:
    found = data_body([_script(f"<p>{TEXT}</p><script>alert(1)</script><p onclick=x>{TEXT}</p>")])
    assert found is not None
    assert "alert" not in to_markdown(found, "https://a.example/")
