"""Articles that pipelines have not taken yet: a transactional outbox.

What a visit brings is noted in the transaction that stores it, and forgotten once it was taken, so
that each stored article is delivered at least once, whatever ends a run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from crawler.extraction.article import Article

if TYPE_CHECKING:
    import sqlite3

    from crawler.ledger.records import SourceRecord

# How a field was found, and what is not written of an article, is no news of it.
_UNTOLD: Final = frozenset(
    {"origins", "declared_words", "kind", "cut", "next_page", "rule_misses", "content_hash"}
)
STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An article that is to be delivered.

    Attributes:
        key: of its source.
        at: when the visit ended that brought it, ISO 8601 in UTC.
        changed: the fields of `Article`, or "state", that are not as they were delivered before;
            None: the article is new.
    """

    key: str
    at: str
    changed: tuple[str, ...] | None = None


def delivery_of(before: SourceRecord, after: SourceRecord, at: str) -> Delivery | None:
    """Return what a visit brought that is to be delivered; None: no news of an article."""
    new = _article(after)
    if new is None or after.held is None:
        return None
    old = _article(before)
    if old is None or before.held is None:
        return Delivery(after.key, at)
    names = [field.name for field in fields(Article) if field.name not in _UNTOLD]
    changed = [name for name in names if getattr(old, name) != getattr(new, name)]
    if before.held.state is not after.held.state:
        changed.append(STATE)
    return Delivery(after.key, at, tuple(changed)) if changed else None


def _article(record: SourceRecord) -> Article | None:
    """Return an article that has a text which is written."""
    held = record.held
    if held is None or not held.state.has_text or not record.wants_body or record.lacks_text:
        return None
    return held.article


class OutboxRows:
    """The rows of the table `outbox`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, delivery: Delivery | None) -> None:
        """Note what is to be delivered, with what was to be anyway."""
        if delivery is None:
            return
        waiting, changed = self.get(delivery.key), delivery.changed
        if waiting is not None and changed is not None:
            earlier = waiting.changed
            changed = None if earlier is None else tuple(dict.fromkeys((*earlier, *changed)))
        told = None if changed is None else json.dumps(changed)
        self._db.execute(
            "INSERT INTO outbox (key, at, changed) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET at = excluded.at, changed = excluded.changed",
            (delivery.key, delivery.at, told),
        )

    def get(self, key: str) -> Delivery | None:
        """Return what is to be delivered of a source."""
        row = self._db.execute(
            "SELECT key, at, changed FROM outbox WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else _delivery(*row)

    def after(self, key: str, count: int) -> list[Delivery]:
        """Return up to `count` deliveries whose keys are above one; "" is below all."""
        rows = self._db.execute(
            "SELECT key, at, changed FROM outbox WHERE key > ? ORDER BY key LIMIT ?", (key, count)
        )
        return [_delivery(*row) for row in rows]

    def forget(self, delivery: Delivery) -> None:
        """Note that it was taken; what came since then is still to be."""
        self._db.execute("DELETE FROM outbox WHERE key = ? AND at = ?", (delivery.key, delivery.at))


def _delivery(key: str, at: str, changed: str | None) -> Delivery:
    return Delivery(key, at, None if changed is None else tuple(json.loads(changed)))
