from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.fetch.conditional import conditions
from crawler.ledger.records import Hop, SourceRecord, Visit
from crawler.states import State

URL = "https://news.example/bridge"
BOTH = {"If-None-Match": '"1"', "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}


def record(state: State = State.OK, *, wants_body: bool = True, **held: object) -> SourceRecord:
    validators = {"etag": '"1"', "last_modified": "Mon, 01 Jan 2024 00:00:00 GMT"} | held
    visit = Visit(state, "2026-01-01T00:00:00Z", (Hop(URL, state),), **validators)  # type: ignore[arg-type]
    return SourceRecord("news.example/bridge", (URL,), 1, wants_body=wants_body, held=visit)


def test_a_page_that_is_held_is_asked_for_only_if_it_has_changed() -> None:
    assert conditions(record(), URL) == BOTH
    assert conditions(record(etag=None), URL) == {"If-Modified-Since": BOTH["If-Modified-Since"]}
    assert conditions(record(etag=None, last_modified=None), URL) == {}


def test_another_url_of_the_family_is_asked_for_as_it_is() -> None:
    assert conditions(record(), "https://news.example/amp/bridge") == {}


def test_nothing_is_held_or_not_enough() -> None:
    assert conditions(replace(record(), held=None), URL) == {}
    assert conditions(record(State.EMPTY), URL) == {}
    assert conditions(record(State.ARCHIVED), URL) == {}
    assert conditions(record(State.UNSUPPORTED), URL) == {}
    assert conditions(record(State.UNSUPPORTED, wants_body=False), URL) == BOTH


@pytest.mark.parametrize("odd", ['"ä"', ""])
def test_a_validator_that_no_header_can_carry_is_left_out(odd: str) -> None:
    assert conditions(record(etag=odd, last_modified=None), URL) == {}


@pytest.mark.parametrize("odd", ['""', 'W/""', '"0"', '"d41d8cd98f00b204e9800998ecf8427e"'])
def test_a_validator_of_nothing_is_left_out(odd: str) -> None:
    assert conditions(record(etag=odd), URL) == {"If-Modified-Since": BOTH["If-Modified-Since"]}
    old = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert conditions(record(last_modified=old), URL) == {"If-None-Match": BOTH["If-None-Match"]}
