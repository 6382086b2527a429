"""What became of a source: when it was lost, when it came back, when its article was changed.

A bounded history of each source, in a table of its own. Since when a source fails is in its record,
and in what is written of it, since that must outlive the ledger.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from crawler.states import State

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from crawler.ledger.records import SourceRecord, Visit

KEPT_EVENTS: Final = 50
"""How many events of one source are kept, the latest ones."""
KEPT_RUNS: Final = 1_000
"""How many records of runs are kept."""
MOST_OF_A_VISIT: Final = 2
"""How many a visit has: one of the state, and one of the article."""


class EventKind(StrEnum):
    """What happened to a source."""

    LOST = "lost"  # its page is not at its place any more
    FAILING = "failing"  # it does not give its article, but its page is not known to be lost
    BACK = "back"  # it gives what is asked of it, after it did not
    CHANGED = "changed"  # the article that is held says something else


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one source.

    Attributes:
        key: the source's key.
        at: when it was noticed, ISO 8601 in UTC.
        kind: what happened.
        state: how the visit ended that noticed it.
        before: how the one before had ended; None: there was none.
        since: of what is lost or fails: since when nothing good came; of what is back: since when
            nothing good had come; as `at`.
        title: of the article that is held.
        words: how many its text has.
        words_before: how many it had, of a changed one.
        content_hash: of its words.
        fields: what changed: "title", "text".
    """

    key: str
    at: str
    kind: EventKind
    state: State
    before: State | None = None
    since: str | None = None
    title: str | None = None
    words: int | None = None
    words_before: int | None = None
    content_hash: str | None = None
    fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the event as a JSON object; what is not known is absent."""
        document = {
            "source": self.key,
            "at": self.at,
            "event": str(self.kind),
            "state": str(self.state),
            "before": None if self.before is None else str(self.before),
            "since": self.since,
            "title": self.title,
            "words": self.words,
            "wordsBefore": self.words_before,
            "contentHash": self.content_hash,
            "fields": list(self.fields) or None,
        }
        return {name: value for name, value in document.items() if value is not None}


def is_failing(state: State) -> bool:
    """Whether a source whose last visit ended so does not give what is asked of it by itself."""
    return not state.is_good or state is State.ARCHIVED


def failing_since(record: SourceRecord, visit: Visit) -> str | None:
    """Return since when a source fails, after one more visit to it; None: it does not.

    Args:
        record: what was known of it before.
    """
    state = visit.open_state
    if not state.was_asked:
        return record.failing_since
    if not is_failing(state):
        return None
    if record.failing_since is not None and record.failing_since <= visit.at:
        return record.failing_since
    return visit.at


def events_of(before: SourceRecord, after: SourceRecord, at: str) -> list[Event]:
    """Return what a visit changed, by the records before and after it.

    Args:
        at: when the visit ended.
    """
    happened = (_of_state(before, after, at), _of_article(before, after, at))
    return [event for event in happened if event is not None]


def _of_state(before: SourceRecord, after: SourceRecord, at: str) -> Event | None:
    state, earlier = after.last_state, _last_answer(before)
    if state is None or not state.was_asked:
        return None
    kind, kind_before = _kind(state), None if earlier is None else _kind(earlier)
    if kind is kind_before or (kind is EventKind.BACK and before.failing_since is None):
        return None
    since = before.failing_since if kind is EventKind.BACK else after.failing_since
    article = None if after.held is None else after.held.article
    title = None if article is None else article.title
    return Event(after.key, at, kind, state, before=earlier, since=since, title=title)


def _last_answer(record: SourceRecord) -> State | None:
    """Return how the last visit ended that asked; None: none did."""
    state = record.last_state
    latest = record.last or record.held
    if state is not None and not state.was_asked and latest is not None:
        state = latest.open_state
    return state if state is not None and state.was_asked else None


def _kind(state: State) -> EventKind:
    if not is_failing(state):
        return EventKind.BACK
    return EventKind.LOST if state.is_lost or state is State.ARCHIVED else EventKind.FAILING


def _of_article(before: SourceRecord, after: SourceRecord, at: str) -> Event | None:
    held, held_before = after.held, before.held
    if held is None or held_before is None or held.state is not held_before.state:
        return None  # how an article is read, from its page or a snapshot, changes it, too
    now, then = held.article, held_before.article
    if now is None or then is None or not held.state.has_text or then.content_hash is None:
        return None
    differs = {"title": now.title != then.title, "text": now.content_hash != then.content_hash}
    if not any(differs.values()):
        return None
    return Event(
        after.key,
        at,
        EventKind.CHANGED,
        held.state,
        before=before.last_state,
        title=now.title,
        words=now.word_count,
        words_before=then.word_count,
        content_hash=now.content_hash,
        fields=tuple(field for field, is_other in differs.items() if is_other),
    )


class EventRows:
    """The histories in an open database; read by whoever tells of them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, events: list[Event]) -> None:
        """Add what happened to a source; of what it has, the latest ones stay."""
        for event in events:
            said = event.as_json()
            del said["source"], said["at"]
            self._db.execute(
                "INSERT INTO event (source_id, at, event) SELECT id, ?, ? FROM source "
                "WHERE key = ?",
                (event.at, json.dumps(said, ensure_ascii=False), event.key),
            )
            self._db.execute(
                "DELETE FROM event WHERE id IN (SELECT event.id FROM event JOIN source "
                "ON source.id = source_id WHERE key = ? ORDER BY event.id DESC LIMIT -1 OFFSET ?)",
                (event.key, KEPT_EVENTS),
            )

    def put_run(self, record: Mapping[str, Any]) -> None:
        """Keep the record of a run beside what it brought; the latest ones stay."""
        text = json.dumps(record, ensure_ascii=False)
        number = self._db.execute("INSERT INTO run (record) VALUES (?)", (text,)).lastrowid
        self._db.execute("DELETE FROM run WHERE id <= ?", ((number or 0) - KEPT_RUNS,))

    def since(self, at: str) -> Iterator[Event]:
        """Yield what happened at that time (ISO 8601 in UTC) or later, the earliest first."""
        yield from self._events("WHERE event.at >= ? ORDER BY event.at, event.id", at)

    def of(self, key: str) -> list[Event]:
        """Return what happened to a source, the earliest first."""
        return list(self._events("WHERE source.key = ? ORDER BY event.id", key))

    def of_visit(self, key: str, at: str) -> list[Event]:
        """Return what the last visit to a source changed, which ended at that time."""
        latest = self._events(
            "WHERE source.key = ? ORDER BY event.id DESC LIMIT ?", key, MOST_OF_A_VISIT
        )
        return [event for event in reversed(list(latest)) if event.at == at]

    def _events(self, which: str, *values: str | int) -> Iterator[Event]:
        rows = self._db.execute(
            "SELECT source.key, event.at, event.event FROM event "
            f"JOIN source ON source.id = source_id {which}",
            values,
        )
        for key, at, text in rows:
            try:
                said = json.loads(text)
                yield _event(key, at, said)
            except (ValueError, KeyError, TypeError):  # a damaged row; the others are as they were
                continue


def _event(key: str, at: str, said: dict[str, Any]) -> Event:
    before = said.get("before")
    return Event(
        key,
        at,
        EventKind(said["event"]),
        State(said["state"]),
        before=None if before is None else State(before),
        since=said.get("since"),
        title=said.get("title"),
        words=said.get("words"),
        words_before=said.get("wordsBefore"),
        content_hash=said.get("contentHash"),
        fields=tuple(said.get("fields", ())),
    )
