"""Which answers about feeds are believed to mean that nothing has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from scrapy.http import Response

from crawler.discovery.found import FoundArticle
from crawler.downloader.conditional import answer_of, conditions_of
from crawler.timestamps import now_text, utc_text

CHANGED = "Mon, 15 Jan 2024 10:00:00 GMT"

if TYPE_CHECKING:
    from crawler.ledger.records import FeedAnswer


def answer(
    body: bytes = b"<rss/>",
    known: FeedAnswer | None = None,
    *articles: FoundArticle,
    **fields: str,
) -> FeedAnswer:
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return answer_of(Response("https://f.example/", headers=headers, body=body), known, articles)


def ago(**span: float) -> str:
    return utc_text(datetime.now(UTC) - timedelta(**span))


def test_a_feed_is_asked_for_by_what_its_last_answer_said() -> None:
    known = answer(ETag='"1"', Last_Modified=CHANGED)
    assert conditions_of(known) == {"If-None-Match": '"1"', "If-Modified-Since": CHANGED}
    assert conditions_of(None) == {}


@pytest.mark.parametrize(
    "changed",
    [
        *("Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 01 Jan 1980 00:00:01 GMT", "0", "-1", ""),
        *("Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "now"),
    ],
)
def test_a_day_before_the_web_or_to_come_is_no_day_of_a_change(changed: str) -> None:
    assert conditions_of(answer(Last_Modified=changed)) == {}


@pytest.mark.parametrize(
    "etag",
    [
        *('""', 'W/""', '"0"', "0", 'W/"0-0"', '"null"', "none", '"undefined"', '" "', '"-"'),
        '"d41d8cd98f00b204e9800998ecf8427e"',
    ],
)
def test_an_etag_of_nothing_is_none(etag: str) -> None:
    assert conditions_of(answer(ETag=etag)) == {}
    both = conditions_of(answer(ETag=etag, Last_Modified=CHANGED))
    assert both == {"If-Modified-Since": CHANGED}


def test_a_feed_was_not_changed_before_what_is_in_it_or_after_it_was_sent() -> None:
    newer = FoundArticle("https://f.example/1", published="2024-01-17T12:00:00Z")
    same_day = replace(newer, published="2024-01-15")
    assert conditions_of(answer(b"", None, newer, Last_Modified=CHANGED)) == {}
    assert conditions_of(answer(b"", None, same_day, Last_Modified=CHANGED)) != {}
    sent = {"Date": "Mon, 15 Jan 2024 09:00:00 GMT"}
    assert conditions_of(answer(Last_Modified=CHANGED, **sent)) == {}


@pytest.mark.parametrize("fields", [{"ETag": '"1"'}, {"Last_Modified": CHANGED}])
def test_what_stays_while_the_body_changes_is_not_sent_again(fields: dict[str, str]) -> None:
    first = answer(b"one", **fields)
    second = answer(b"two", first, **fields)
    assert conditions_of(second) == {}
    third = answer(b"two", second, **fields)
    assert conditions_of(third) == {}, "it has not become any better"
    assert conditions_of(answer(b"three", third, ETag='"2"')) != {}


def test_not_modified_is_believed_for_a_day_or_for_as_long_as_the_body_has_been_the_same() -> None:
    known = answer(ETag='"1"')
    assert conditions_of(replace(known, asked_at=ago(hours=23))) != {}
    assert conditions_of(replace(known, asked_at=ago(hours=25))) == {}
    steady = replace(known, unchanged_since=ago(days=20))
    assert conditions_of(replace(steady, asked_at=ago(days=5))) != {}
    assert conditions_of(replace(steady, asked_at=ago(days=12))) == {}
    assert conditions_of(replace(known, asked_at=ago(days=-2))) == {}, "the clock was ahead"


def test_how_long_a_body_has_been_the_same_is_remembered() -> None:
    first = replace(answer(b"one", ETag='"1"'), unchanged_since=ago(days=3))
    assert answer(b"one", first, ETag='"1"').unchanged_since == first.unchanged_since
    assert answer(b"two", first, ETag='"2"').unchanged_since == now_text()
