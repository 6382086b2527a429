"""The name and the text of a new item."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.discovery.found import FoundArticle, FoundImage
from crawler.discovery.new_items import item_stem, item_text
from crawler.exceptions import ItemError
from crawler.items.item import parse_item
from tests.payloads import PAYLOADS

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = "https://news.example/town/old-bridge.html"


def fields(text: str) -> Any:
    return yaml.safe_load(text.split("---\n")[1])


@pytest.mark.parametrize(
    ("found", "stem"),
    [
        (
            FoundArticle(URL, "Brücke: «bleibt»!", published="2024-05-14"),
            "2024-05-14-brucke-bleibt",
        ),
        (FoundArticle(URL, "A", published="2024-05-14T23:30:00-05:00"), "2024-05-15-a"),
        (FoundArticle(URL, "桥"), "2026-11-25-old-bridge"),
        (FoundArticle(URL, published="yesterday"), "2026-11-25-old-bridge"),
        (FoundArticle(URL, "../../etc/passwd"), "2026-11-25-etc-passwd"),
        (FoundArticle(URL, "word " * 40), "2026-11-25-" + "word-" * 15 + "word"),
    ],
)
def test_a_name_is_made_of_the_date_and_the_title(found: FoundArticle, stem: str) -> None:
    assert item_stem(found, NOW) == stem


def test_an_item_has_what_was_told_and_nothing_else() -> None:
    found = FoundArticle(
        URL,
        "Bridge",
        published="2024-05-14T08:30:00+02:00",
        authors=("Ada",),
        provider="The Courier",
        topics=("Town",),
        images=(FoundImage("https://news.example/i.png", 10),),
        found_in="https://news.example/feed",
        entry_id="g-1",
    )
    assert fields(item_text(found, NOW, by="feeds")) == {
        "title": "Bridge",
        "publishedDateTime": "2024-05-14T06:30:00Z",
        "originalUrl": URL,
        "webUrl": URL,
        "type": "article",
        "provider": {"name": "The Courier", "domain": "news.example"},
        "topics": ["Town"],
        "images": [{"url": "https://news.example/i.png", "width": 10}],
        "discovery": {
            "spider": "feeds",
            "foundDateTime": "2026-11-25T12:00:00Z",
            "foundIn": "https://news.example/feed",
            "id": "g-1",
            "authors": ["Ada"],
        },
    }


@pytest.mark.parametrize("payload", PAYLOADS)
def test_strangers_texts_stay_in_their_fields(payload: str) -> None:
    found = FoundArticle(URL, payload, payload, authors=(payload,), topics=(payload,))
    text = item_text(found, NOW, by="feeds")
    assert parse_item(text.encode(), Path("x.md")).source.urls == (URL,)
    assert "{{" not in text
    assert "{%" not in text
    assert set(fields(text)) <= {
        *("title", "excerpt", "originalUrl", "webUrl", "type", "provider", "topics", "discovery")
    }


@pytest.mark.parametrize("url", ["https://me:x@news.example/", "ftp://news.example/", "/x"])
def test_a_url_that_no_item_may_have_makes_none(url: str) -> None:
    with pytest.raises(ItemError):
        item_text(FoundArticle(url), NOW, by="feeds")
