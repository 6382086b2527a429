"""What was learned of hosts and archives, in the ledger's SQLite file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from crawler.ledger.records import RobotsAnswer, Snapshot
from crawler.moments import now_text

if TYPE_CHECKING:
    import sqlite3


class WebRows:
    """The memory of the web in an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for an origin's robots.txt ended."""
        row = self._db.execute(
            "SELECT asked_at, status, body FROM robots WHERE origin = ?", (origin,)
        ).fetchone()
        try:
            return None if row is None else RobotsAnswer(row[0], row[1], zlib.decompress(row[2]))
        except (zlib.error, TypeError):  # a damaged one is asked for again
            return None

    def put_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""
        row = (origin, answer.asked_at, answer.status, zlib.compress(answer.body))
        self._db.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)", row)

    def pauses(self) -> dict[str, tuple[str, str]]:
        """Hosts that are to be left alone; those whose time is over are forgotten."""
        self._db.execute("DELETE FROM pause WHERE until <= ?", (now_text(),))
        rows = self._db.execute("SELECT host, until, reason FROM pause")
        return {host: (until, reason) for host, until, reason in rows}

    def put_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""
        self._db.execute("INSERT OR REPLACE INTO pause VALUES (?, ?, ?)", (host, until, reason))

    def snapshot(self, key: str) -> Snapshot | None:
        """What an archive said of the page with this key."""
        row = self._db.execute(
            "SELECT asked_at, url, taken_at FROM snapshot WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else Snapshot(*row)

    def put_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""
        row = (key, snapshot.asked_at, snapshot.url, snapshot.taken_at)
        self._db.execute("INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)", row)
