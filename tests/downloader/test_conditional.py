from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.http import Request, Response

from crawler.downloader.conditional import (
    CONDITIONS,
    ConditionalMiddleware,
    Conditions,
    conditions,
    is_not_modified,
)
from crawler.ledger.records import Attempt, SourceRecord, Visit
from crawler.states import State

URL = "https://news.example/bridge"
BOTH = {"If-None-Match": '"1"', "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}


def record(state: State = State.OK, *, wants_body: bool = True, **held: object) -> SourceRecord:
    validators = {"etag": '"1"', "last_modified": "Mon, 01 Jan 2024 00:00:00 GMT"} | held
    visit = Visit(state, "2026-01-01T00:00:00Z", (Attempt(URL, state),), **validators)  # type: ignore[arg-type]
    return SourceRecord("news.example/bridge", (URL,), 1, wants_body=wants_body, held=visit)


def fields(source: SourceRecord, url: str = URL) -> dict[str, str]:
    found = conditions(source, url)
    return {} if found is None else dict(found.fields)


def test_a_page_that_is_held_is_asked_for_only_if_it_has_changed() -> None:
    assert fields(record()) == BOTH
    assert fields(record(etag=None)) == {"If-Modified-Since": BOTH["If-Modified-Since"]}
    assert fields(record(etag=None, last_modified=None)) == {}


def test_another_url_of_the_family_is_asked_for_as_it_is() -> None:
    assert fields(record(), "https://news.example/amp/bridge") == {}


def test_nothing_is_held_or_not_enough() -> None:
    assert fields(replace(record(), held=None)) == {}
    assert fields(record(State.EMPTY)) == {}
    assert fields(record(State.ARCHIVED)) == {}
    assert fields(record(State.UNSUPPORTED)) == {}
    assert fields(record(State.UNSUPPORTED, wants_body=False)) == BOTH


@pytest.mark.parametrize("odd", ['"ä"', ""])
def test_a_validator_that_no_header_can_carry_is_left_out(odd: str) -> None:
    assert fields(record(etag=odd, last_modified=None)) == {}


@pytest.mark.parametrize("odd", ['""', 'W/""', '"0"', '"d41d8cd98f00b204e9800998ecf8427e"'])
def test_a_validator_of_nothing_is_left_out(odd: str) -> None:
    assert fields(record(etag=odd)) == {"If-Modified-Since": BOTH["If-Modified-Since"]}
    old = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert fields(record(last_modified=old)) == {"If-None-Match": BOTH["If-None-Match"]}


def sent(request: Request) -> dict[str, str]:
    ConditionalMiddleware().process_request(request)
    return {
        name: value.decode() for name in BOTH if (value := request.headers.get(name)) is not None
    }


def test_conditions_go_to_the_url_that_they_came_from_alone() -> None:
    first = Request(URL, meta={CONDITIONS: Conditions(URL, BOTH)})
    assert sent(first) == BOTH
    elsewhere = first.replace(url="https://news.example/not-found")
    assert sent(elsewhere) == {}
    assert sent(elsewhere.replace(url=URL)) == BOTH
    assert sent(elsewhere.replace(url=f"{URL}#top")) == BOTH
    assert sent(elsewhere.replace(url=f"{URL}?page=2")) == {}


def test_conditions_of_a_page_behind_a_redirect_are_sent_behind_it() -> None:
    source = record()
    assert source.held is not None
    final = "https://www.news.example/bridge"
    attempt = replace(source.held.attempt, redirects=("https://news.example/x", final))
    found = conditions(replace(source, held=replace(source.held, attempts=(attempt,))), URL)
    first = Request(URL, meta={CONDITIONS: found})
    assert sent(first) == {}
    assert sent(first.replace(url=final)) == BOTH


def test_conditions_that_a_request_brings_along_are_for_its_first_url() -> None:
    first = Request(URL, headers=BOTH)
    assert sent(first) == BOTH
    assert sent(first.replace(url="https://news.example/feed")) == {}


def test_304_is_an_answer_only_where_it_was_asked_for() -> None:
    asked = Request(URL, headers={"If-None-Match": '"1"'})
    assert is_not_modified(Response(URL, status=304, request=asked))
    assert not is_not_modified(Response(URL, status=304, request=Request(URL)))
    assert not is_not_modified(Response(URL, status=304))
    assert not is_not_modified(Response(URL, status=200, request=asked))
