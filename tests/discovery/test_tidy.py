"""Articles as spiders tell of them, and as items may have them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import html
from parsel import Selector

from crawler.discovery.found import FoundArticle, FoundImage
from crawler.discovery.scraped import is_tidy, tidied

if TYPE_CHECKING:
    from collections.abc import Iterator

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


SELECTED = Selector(
    '<article><h2>On <i>a</i></h2><a href="/a">more</a><img src="/i.jpg" alt="x">'
    '<time datetime="2024-05-14">May</time><b class="by">Ada</b><b class="by">Moss</b></article>'
)
ELEMENT = html.fromstring('<p><a href="/a">On <i>a</i></a><img src="/i.jpg"></p>')


def endless() -> Iterator[str]:
    while True:
        yield "again"


class Unkind:
    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("not now")


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("url", b"/a", "https://news.example/a"),
        ("url", SELECTED.css("a"), "https://news.example/a"),
        ("url", SELECTED.css("a::attr(href)"), "https://news.example/a"),
        ("url", SELECTED.css("a")[0], "https://news.example/a"),
        ("url", ELEMENT[0], "https://news.example/a"),
        ("url", ["", "/a"], "https://news.example/a"),
        ("title", SELECTED.css("h2"), "On a"),
        ("title", ELEMENT[0], "On a"),
        ("title", 1984, "1984"),
        ("title", "Café".encode(), "Café"),
        ("title", (word for word in ("", "One", "Two")), "One"),
        ("authors", "Ada Moss", ("Ada Moss",)),
        ("authors", SELECTED.css(".by::text"), ("Ada", "Moss")),
        ("authors", [{"name": "Ada"}, {"name": ["Moss"]}, None], ("Ada", "Moss")),
        ("authors", {"@type": "Person", "name": "Ada"}, ("Ada",)),
        ("topics", "town", ("town",)),
        ("topics", endless(), ("again",)),
        ("topics", (topic for topic in ("a", "b")), ("a", "b")),
        ("topics", [2024, b"b"], ("2024", "b")),
        ("images", "/i.jpg", (FoundImage("https://news.example/i.jpg"),)),
        ("images", ["/i.jpg"], (FoundImage("https://news.example/i.jpg"),)),
        ("images", SELECTED.css("img"), (FoundImage("https://news.example/i.jpg"),)),
        ("images", ELEMENT[1], (FoundImage("https://news.example/i.jpg"),)),
        (
            "images",
            {"contentUrl": "/i.jpg", "width": "20", "height": None},
            (FoundImage("https://news.example/i.jpg", 20),),
        ),
        ("published", 1705312800, "2024-01-15T10:00:00Z"),
        ("published", 1705312800000.0, "2024-01-15T10:00:00Z"),
        ("published", datetime(2024, 5, 14, 8, 30), "2024-05-14T08:30:00"),  # noqa: DTZ001
        ("published", datetime(2024, 5, 14, 8, 30, 5, 999, UTC), "2024-05-14T08:30:05Z"),
        ("published", date(2024, 5, 14), "2024-05-14"),
        ("published", time.strptime("2024-05-14", "%Y-%m-%d"), "2024-05-14T00:00:00"),
        ("published", "3rd of May 2024", "2024-05-03"),
        ("published", SELECTED.css("time::attr(datetime)"), "2024-05-14"),
        ("language", b"de", "de"),
        ("entry_id", 17, "17"),
    ],
)
def test_a_value_of_another_kind_is_taken_where_it_is_clear_what_it_means(
    field: str, value: object, taken: object
) -> None:
    refused: list[str] = []
    told = FoundArticle(**{"url": "/x", field: value})
    tidy = tidied(told, PAGE, refused)
    assert tidy is not None
    assert getattr(tidy, field) == taken
    assert refused == []
    assert is_tidy(tidy)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("title", {"en": "x"}, "dict is no text"),
        ("title", object(), "object is no text"),
        ("title", Unkind(), "not now"),
        ("authors", Unkind(), "not now"),
        ("topics", object(), "object is no text"),
        ("images", "javascript:alert(1)", "is of no use"),
        ("images", 7, "int is no URL"),
        ("published", "yesterday", "'yesterday' is of no use"),
        ("published", 2024, "2024 is of no use"),
        ("published", "03/04/2024", "is of no use"),
        ("published", True, "True is of no use"),
        ("published", datetime(1, 1, 1, tzinfo=UTC), "is of no use"),
        ("modified", float("nan"), "nan is of no use"),
        ("language", "the one of Shakespeare", "is of no use"),
    ],
)
def test_a_value_that_nothing_can_be_made_of_is_refused_and_the_article_taken(
    field: str, value: object, why: str
) -> None:
    refused: list[str] = []
    tidy = tidied(FoundArticle(**{"url": "/x", field: value}), PAGE, refused)
    assert tidy == FoundArticle("https://news.example/x", found_in=PAGE)
    (message,) = refused
    assert message.startswith(f"{field}: ")
    assert why in message


def test_one_of_many_that_is_refused_costs_no_other() -> None:
    refused: list[str] = []
    told = FoundArticle("/x", images=["/i.jpg", object(), 7], topics=["a", {}, {"x": 1}])  # type: ignore[arg-type,list-item]
    tidy = tidied(told, PAGE, refused)
    assert tidy is not None
    assert tidy.images == (FoundImage("https://news.example/i.jpg"),)
    assert tidy.topics == ("a",)
    assert [message.partition(":")[0] for message in refused] == ["topics", "images", "images"]


def test_what_is_not_there_is_not_refused() -> None:
    refused: list[str] = []
    told = FoundArticle("/x", title="", authors=(), topics=None, images=None, published=None)  # type: ignore[arg-type]
    assert tidied(told, PAGE, refused) is not None
    assert refused == []


def test_an_article_whose_values_are_of_other_kinds_is_not_tidy() -> None:
    good = FoundArticle("https://news.example/x", published="2024-05-14")
    assert is_tidy(good)
    for change in (
        {"url": "/x"},
        {"published": "14 May"},
        {"topics": "town"},
        {"topics": (1,)},
        {"title": 7},
        {"images": ("/i.jpg",)},
    ):
        assert not is_tidy(replace(good, **change))  # type: ignore[arg-type]
