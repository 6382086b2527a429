"""Articles as spiders tell of them, and as items may have them."""

from __future__ import annotations

from crawler.discover.found import FoundArticle, FoundImage
from crawler.discover.tidy import tidied

PAGE = "https://news.example/list/"


def test_values_may_be_just_as_a_page_has_them() -> None:
    told = FoundArticle(
        "../a?b=1",
        title=" The <b>old</b>\n bridge ",
        excerpt="It <em>stays</em>.",
        published="Tue, 14 May 2024 08:30:00 +0200",
        modified="yesterday",
        authors=("Ada  Moss", "Ada Moss", ""),
        kind="podcast",
        language="en_GB",
        images=(FoundImage("/i.jpg", 0, 20), FoundImage("javascript:alert(1)")),
        via="data:text/html,x",
        seen="once",
    )
    tidy = tidied(told, PAGE)
    assert tidy == FoundArticle(
        "https://news.example/a?b=1",
        title="The old bridge",
        excerpt="It stays.",
        published="2024-05-14T08:30:00+02:00",
        authors=("Ada Moss",),
        language="en-GB",
        images=(FoundImage("https://news.example/i.jpg", None, 20),),
        found_in=PAGE,
    )


def test_an_article_needs_the_address_of_a_page() -> None:
    for url in (
        "",
        "javascript:alert(1)",
        "mailto:a@b.example",
        None,
        "https://user:pw@a.example/",
    ):
        assert tidied(FoundArticle(url), PAGE) is None  # type: ignore[arg-type]  # as .get() gives
