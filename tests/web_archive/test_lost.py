from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.ledger.records import Attempt, Snapshot, SourceRecord, Visit
from crawler.states import State
from crawler.web_archive import still_holds, urls_to_ask

URLS = tuple(f"https://news.example/{number}" for number in range(5))


def attempts(*states: State, urls: tuple[str, ...] = URLS) -> list[Attempt]:
    return [Attempt(url, state) for url, state in zip(urls, states, strict=False)]


def source(held: State | None = None, *, wants_body: bool = True) -> SourceRecord:
    visit = None if held is None else Visit(held, "2024-05-14T08:30:00Z", (Attempt(URLS[0], held),))
    return SourceRecord("news.example/0", URLS, 5, wants_body=wants_body, held=visit)


LOST = [State.NOT_FOUND, State.GONE, State.PARKED, State.NO_SUCH_HOST]
LOST += [State.SOFT_404, State.MOVED_HOME]


@pytest.mark.parametrize("state", LOST)
def test_a_source_whose_every_url_is_lost_is_asked_for(state: State) -> None:
    assert urls_to_ask(source(), attempts(state, State.GONE), anew=False) == URLS[:2]


@pytest.mark.parametrize("state", [state for state in State if not state.is_lost])
def test_a_source_with_a_url_that_is_not_lost_is_not(state: State) -> None:
    assert urls_to_ask(source(), attempts(State.GONE, state), anew=False) == ()


def test_of_an_article_that_is_held_in_part_no_archive_is_asked() -> None:
    assert not State.PAYWALLED.is_lost
    assert urls_to_ask(source(State.PAYWALLED), attempts(State.GONE), anew=True) == ()


def test_at_most_three_urls_are_asked_for() -> None:
    assert urls_to_ask(source(), attempts(*[State.GONE] * 5), anew=False) == URLS[:3]


@pytest.mark.parametrize(
    ("held", "anew", "is_asked"),
    [
        (State.OK, False, False),
        (State.OK, True, False),
        (State.ARCHIVED, False, False),
        (State.ARCHIVED, True, True),
        (State.EMPTY, False, True),
        (State.NOT_FOUND, False, True),
        (State.UNSUPPORTED, False, True),
    ],
)
def test_a_source_that_has_its_text_is_not_asked_for(
    held: State, *, anew: bool, is_asked: bool
) -> None:
    assert bool(urls_to_ask(source(held), attempts(State.GONE), anew=anew)) is is_asked


def test_a_source_that_wants_no_text_is_not_asked_for() -> None:
    assert urls_to_ask(source(wants_body=False), attempts(State.GONE), anew=False) == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/a",
        "http://192.168.0.7/a",
        "http://[2001:db8::1]/a",
        "http://localhost/a",
        "http://intranet/a",
        "http://wiki.local/a",
        "http://wiki.internal/a",
        "http://nas.home.arpa/a",
        "http://wiki.lan/a",
        "http://wiki.corp/a",
        "http://shop.test/a",
        "http://hidden.onion/a",
        "http://wiki.company-net/a",
        "http://010.0.0.1/a",
        "http://me:secret@news.example/a",
        "http://news.example/a?token=s3cr3t",
        "http://news.example/a?x=1&X-Amz-Signature=abc",
    ],
)
def test_what_is_at_home_is_no_business_of_an_archive(url: str) -> None:
    assert urls_to_ask(source(), attempts(State.GONE, urls=(url,)), anew=False) == ()


def test_nor_is_what_an_allowed_network_has_answered() -> None:
    lost = attempts(
        State.GONE, State.GONE, urls=("http://wiki.news.example/a", "http://news.example/a")
    )
    at_home = frozenset({"http://wiki.news.example/a"})
    assert urls_to_ask(source(), lost, anew=False, at_home=at_home) == ("http://news.example/a",)


def test_an_answer_holds_for_thirty_days() -> None:
    snapshot = Snapshot("2024-05-14T08:30:00Z")
    asked = datetime(2024, 5, 14, 8, 30, tzinfo=UTC)
    assert still_holds(snapshot, asked + timedelta(days=29))
    assert not still_holds(snapshot, asked + timedelta(days=30))
    assert not still_holds(snapshot, asked - timedelta(days=1)), "the clock was ahead then"
