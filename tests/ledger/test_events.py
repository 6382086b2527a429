"""What the ledger remembers of what became of a source, night after night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.extraction.article import Article, content_hash
from crawler.ledger.events import KEPT_EVENTS, EventKind
from crawler.ledger.records import Attempt, FileStamp, ItemRecord, Mention, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.output.entry import mention_entry
from crawler.output.read_back import read_entry
from crawler.states import State
from crawler.urls.aliases import url_family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://news.example/bridge"
KEY = "news.example/bridge"
TEXT = "The bridge over the river was opened on Monday by the mayor of the town. " * 5
MENTION = Mention(-1, KEY, URL, "article")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    item = ItemRecord("a.md", "/items/a.md", "/items", FileStamp(1, 2), "d", "f")
    ledger.put_item(item, [(MENTION, url_family([URL]))])
    yield ledger
    ledger.close()


def night(number: int) -> str:
    return f"2026-11-{number:02}T03:00:00Z"


def visit(ledger: SqliteLedger, number: int, state: State, text: str = TEXT) -> None:
    article = Article(
        title="Bridge", markdown=text, word_count=len(text.split()), content_hash=content_hash(text)
    )
    answer = Attempt(URL, state, status=200 if state is State.OK else 404)
    found = Visit(
        state, night(number), (answer,), article=article if answer.status == 200 else None
    )
    ledger.store_visit(KEY, found)


def told(ledger: SqliteLedger) -> list[tuple[str, EventKind, str | None]]:
    return [(event.at, event.kind, event.since) for event in ledger.events.of(KEY)]


def since(ledger: SqliteLedger) -> str | None:
    record = ledger.source(KEY)
    assert record is not None
    return record.failing_since


def test_a_page_that_stays_there_is_no_event(ledger: SqliteLedger) -> None:
    for number in (1, 2, 3):
        visit(ledger, number, State.OK)
    assert told(ledger) == []
    assert since(ledger) is None


def test_a_page_is_lost_once_and_back_once(ledger: SqliteLedger) -> None:
    states = [State.OK, State.NOT_FOUND, State.GONE, State.DEFERRED, State.NOT_FOUND, State.OK]
    for number, state in enumerate(states, 1):
        visit(ledger, number, state)
    lost, back = (night(2), EventKind.LOST, night(2)), (night(6), EventKind.BACK, night(2))
    assert told(ledger) == [lost, back]
    assert since(ledger) is None


def test_a_failure_that_becomes_a_loss_began_with_the_failure(ledger: SqliteLedger) -> None:
    for number, state in enumerate([State.OK, State.TIMEOUT, State.TIMEOUT, State.NOT_FOUND], 1):
        visit(ledger, number, state)
    failing, lost = (night(2), EventKind.FAILING, night(2)), (night(4), EventKind.LOST, night(2))
    assert told(ledger) == [failing, lost]


def test_a_correction_tells_what_was_changed(ledger: SqliteLedger) -> None:
    visit(ledger, 1, State.OK)
    visit(ledger, 2, State.OK, TEXT + "An earlier version named another day.")
    (event,) = ledger.events.of(KEY)
    assert (event.kind, event.fields) == (EventKind.CHANGED, ("text",))
    assert (event.words_before, event.words) == (75, 81)
    assert event.content_hash == content_hash(TEXT + "An earlier version named another day.")


def test_what_is_told_of_a_time_begins_with_it(ledger: SqliteLedger) -> None:
    for number, state in enumerate([State.OK, State.NOT_FOUND, State.OK], 1):
        visit(ledger, number, state)
    assert [event.kind for event in ledger.events.since(night(3))] == [EventKind.BACK]


def test_the_latest_events_of_a_source_are_kept(ledger: SqliteLedger) -> None:
    for number in range(2 * KEPT_EVENTS):
        state = (State.OK, State.NOT_FOUND)[number % 2]
        found = Visit(state, f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z", (_try(state),))
        ledger.store_visit(KEY, found)
    kept = ledger.events.of(KEY)
    assert len(kept) == KEPT_EVENTS
    assert kept[-1].at == "2026-01-01T00:01:39Z"


def _try(state: State) -> Attempt:
    return Attempt(URL, state, status=200 if state is State.OK else 404)


@pytest.mark.parametrize("before", [State.OK, State.EMPTY], ids=["held", "never held"])
def test_since_when_it_fails_is_written_once_and_read_back(
    ledger: SqliteLedger, before: State
) -> None:
    visit(ledger, 1, before)
    visit(ledger, 2, State.NOT_FOUND)
    record = ledger.source(KEY)
    assert record is not None
    entry = mention_entry(record, MENTION, None)
    assert entry["failingSince"] == night(2 if before is State.OK else 1)

    visit(ledger, 3, State.NOT_FOUND)
    again = ledger.source(KEY)
    assert again is not None
    assert mention_entry(again, MENTION, None) == entry  # an unchanged failure is no news

    said = read_entry({k: v for k, v in entry.items() if v is not None}, TEXT, (URL,), 1)
    assert said is not None
    assert said.failing_since == entry["failingSince"]


def test_a_ledger_that_was_lost_goes_on_with_what_the_file_says(ledger: SqliteLedger) -> None:
    answer = Attempt(URL, State.NOT_FOUND, status=404)
    held = Visit(State.NOT_FOUND, night(1), (answer,))
    ledger.adopt(KEY, held, None, {}, failing_since=night(1))
    visit(ledger, 5, State.NOT_FOUND)
    assert since(ledger) == night(1)
    assert told(ledger) == []
