"""What any spider scraped, as an article that was found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.discovery.found import FoundArticle
from crawler.discovery.scraped import article_of

URL = "https://news.example/a"


def test_fields_have_the_names_that_the_item_gives_them() -> None:
    scraped = {"link": URL, "headline": " A  <b>bridge</b>", "url": "https://other.example/"}
    article = article_of(scraped, {"url": "link", "title": "headline"})
    assert article == FoundArticle(URL, title="A bridge")


@pytest.mark.parametrize(
    ("value", "published"),
    [
        (date(2024, 5, 14), "2024-05-14"),
        (datetime(2024, 5, 14, 8, 30, tzinfo=UTC), "2024-05-14T08:30:00Z"),
        (["14 May 2024", "and so on"], "2024-05-14"),
        ("soon", None),
        (20240514, None),
        ([], None),
    ],
)
def test_dates_may_be_of_any_kind(value: object, published: str | None) -> None:
    article = article_of({"url": URL, "published": value}, {})
    assert article is not None
    assert article.published == published


def test_one_text_is_a_list_of_one() -> None:
    article = article_of({"url": [URL], "authors": "Ada", "topics": ("a", None, "b", 7)}, {})
    assert article == FoundArticle(URL, authors=("Ada",), topics=("a", "b", "7"))


@pytest.mark.parametrize("url", [None, "", "/a", 7, "mailto:a@b.example"])
def test_what_has_no_absolute_web_address_is_no_article(url: object) -> None:
    assert article_of({"url": url, "title": "A"}, {}) is None
