from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from crawler.extraction.article import Article, Media
from crawler.extraction.metadata.media import oembed_to_ask, with_missing, with_oembed

ADDRESS = "https://video.example/oembed?url=5"
BARE = Media("video", oembed_url=ADDRESS)
FULL = replace(
    BARE,
    title="The bridge",
    thumbnail_url="https://video.example/t.jpg",
    embed_url="https://video.example/embed/5",
    duration_seconds=282,
)
PLAYER = '<div><IFRAME width="9" src="https://video.example/embed/5?a=1&amp;b=2"></IFRAME></div>'


def article(media: Media) -> Article:
    return Article(media=(media,), origins={"media": "json-ld"})


def filled(media: Media, **said: Any) -> Media:
    return with_oembed(article(media), json.dumps(said).encode(), ADDRESS).media[0]


@pytest.mark.parametrize("lacks", ["title", "thumbnail_url", "embed_url", "duration_seconds"])
def test_an_answer_is_wanted_where_something_is_missed(lacks: str) -> None:
    assert oembed_to_ask(article(replace(FULL, **{lacks: None}))) == ADDRESS


@pytest.mark.parametrize("known", [article(FULL), article(Media("video")), Article()])
def test_no_answer_is_wanted_of_a_page_that_says_all_or_has_none(known: Article) -> None:
    assert oembed_to_ask(known) is None


def test_what_is_missing_is_filled_and_nothing_else() -> None:
    other = {
        "title": "Another",
        "thumbnail_url": "https://video.example/u.jpg",
        "html": PLAYER,
        "duration": 9,
    }
    assert filled(FULL, **other) == FULL
    assert filled(BARE, **other) == replace(
        BARE,
        title="Another",
        thumbnail_url="https://video.example/u.jpg",
        embed_url="https://video.example/embed/5?a=1&b=2",
        duration_seconds=9,
    )
    assert filled(replace(FULL, title=None), **other) == replace(FULL, title="Another")


def test_the_origin_is_told_where_something_was_filled() -> None:
    said = json.dumps({"title": "The bridge"}).encode()
    assert with_oembed(article(BARE), said, ADDRESS).origins["media"] == "json-ld, oembed"
    assert with_oembed(article(FULL), said, ADDRESS).origins["media"] == "json-ld"


def test_the_other_recordings_of_a_page_stay() -> None:
    known = replace(article(BARE), media=(BARE, FULL))
    assert with_missing(known, FULL, "oembed").media == (FULL, FULL)


@pytest.mark.parametrize(
    "said",
    [
        {"title": 5, "thumbnail_url": ["https://video.example/t.jpg"], "html": {}, "duration": "9"},
        {"title": " ", "thumbnail_url": "javascript:alert(1)", "html": "<p>", "duration": True},
        {"html": '<iframe src="javascript:alert(1)"></iframe>', "duration": float("nan")},
        {"html": "<iframe></iframe>", "duration": 10**400, "thumbnail_url": ""},
        {"html": '<iframe data="1"></iframe><script src="https://video.example/x"></script>'},
        {"html": "<iframe title=" + "x" * 5_000 + ' src="https://video.example/x">'},
        {"duration": -1},
        {},
    ],
)
def test_values_that_cannot_be_are_not_taken(said: dict[str, Any]) -> None:
    assert filled(BARE, **said) == BARE


def test_a_title_comes_out_as_text() -> None:
    told = filled(BARE, title="<b>The</b>  bridge &amp; the river\u0007")
    assert told.title == "The bridge & the river"


@pytest.mark.parametrize(
    "answer", [b"", b"<oembed/>", b"[]", b'"text"', b"\xff\xfe\xfa", b"[" * 60_000]
)
def test_what_is_no_oembed_answer_says_so(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_oembed(article(BARE), answer, ADDRESS)
