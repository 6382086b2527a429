"""What was learned while looking for new items, in the ledger's SQLite file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crawler.ledger.records import FeedAnswer
from crawler.moments import now_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


class DiscoveryRows:
    """The memory of feeds in an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def feed(self, url: str) -> FeedAnswer | None:
        """What the last whole answer of a feed said of itself."""
        row = self._db.execute(
            "SELECT asked_at, etag, last_modified, hubs, topic, digest, unchanged_since, "
            "is_doubtful FROM feed WHERE url = ?",
            (url,),
        ).fetchone()
        if row is None:
            return None
        hubs = tuple(json.loads(row[3]))
        asked_at, etag, last_modified, _, topic, digest, since, is_doubtful = row
        validators = (etag, last_modified)
        return FeedAnswer(asked_at, *validators, hubs, topic, digest, since, bool(is_doubtful))

    def put_feed(self, url: str, answer: FeedAnswer) -> None:
        """Remember it."""
        validators = (answer.etag, answer.last_modified)
        body = (answer.digest, answer.unchanged_since, answer.is_doubtful)
        row = (url, answer.asked_at, *validators, json.dumps(answer.hubs), answer.topic, *body)
        self._db.execute("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def is_discovered(self, key: str) -> bool:
        """Whether an item was created for the article with this key."""
        row = self._db.execute("SELECT 1 FROM discovered WHERE key = ?", (key,)).fetchone()
        return row is not None

    def put_discovered(self, keys: Iterable[str], by: str) -> None:
        """Remember that one was."""
        rows = [(key, now_text(), by) for key in keys]
        self._db.executemany("INSERT OR IGNORE INTO discovered VALUES (?, ?, ?)", rows)
