"""What was learned of hosts and archives, in the ledger's SQLite file."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.ledger.records import RobotsAnswer, Snapshot
from crawler.moments import AHEAD, now_text, utc_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    import sqlite3

# Who has names without end has a robots.txt for each: what is kept is bounded for each site, and
# for all. What is dropped is asked for again.
_MOST_OF_A_SITE: Final = 512 * 1024  # bytes, compressed
_MOST_ANSWERS_OF_A_SITE: Final = 100
_MOST_OF_ALL: Final = 32 * 1024 * 1024
_ROBOTS_HOLDS: Final = timedelta(hours=24)  # RFC 9309, 2.4


class WebRows:
    """The memory of the web in an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._kept: int | None = None  # bytes of all bodies, once it was looked

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
        """Remember such an end, and make room for it."""
        site, body = site_of(origin), zlib.compress(answer.body)
        self._drop("origin = ?", origin)
        row = (origin, site, answer.asked_at, answer.status, body)
        self._db.execute("INSERT INTO robots VALUES (?, ?, ?, ?, ?)", row)
        self._kept = self._bytes() if self._kept is None else self._kept + len(body)
        sizes = self._db.execute(
            "SELECT origin, length(body) FROM robots WHERE site = ? AND origin <> ? "
            "ORDER BY asked_at DESC",
            (site, origin),
        ).fetchall()
        room = _MOST_OF_A_SITE - len(body)
        for place, (other, size) in enumerate(sizes, 2):
            room -= size
            if room < 0 or place > _MOST_ANSWERS_OF_A_SITE:
                self._drop("origin = ?", other)
        if self._kept > _MOST_OF_ALL:
            self._drop_stale()
        while self._kept > _MOST_OF_ALL:
            oldest = "origin IN (SELECT origin FROM robots ORDER BY asked_at LIMIT 50)"
            self._drop(f"{oldest} AND origin <> ?", origin)

    def _drop_stale(self) -> None:
        now = datetime.now(UTC)
        self._drop("asked_at < ?", utc_text(now - _ROBOTS_HOLDS))
        self._drop("asked_at > ?", utc_text(now + AHEAD))

    def _drop(self, condition: str, value: str) -> None:
        rows = self._db.execute(
            f"DELETE FROM robots WHERE {condition} RETURNING length(body)", (value,)
        ).fetchall()
        if self._kept is not None:
            self._kept -= sum(size for (size,) in rows)

    def _bytes(self) -> int:
        (kept,) = self._db.execute("SELECT coalesce(sum(length(body)), 0) FROM robots").fetchone()
        return int(kept)

    def pauses(self) -> dict[str, tuple[str, str]]:
        """Hosts that are to be left alone; those whose time is over are forgotten.

        So are those that were begun later than now: the clock was wrong then. As each run asks
        for them once, robots.txt files that are out of date go with them.
        """
        now = datetime.now(UTC)
        self._db.execute(
            "DELETE FROM pause WHERE until <= ? OR since > ?",
            (utc_text(now), utc_text(now + AHEAD)),
        )
        self._drop_stale()
        rows = self._db.execute("SELECT host, until, reason FROM pause")
        return {host: (until, reason) for host, until, reason in rows}

    def put_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""
        row = (host, now_text(), until, reason)
        self._db.execute("INSERT OR REPLACE INTO pause VALUES (?, ?, ?, ?)", row)

    def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""
        self._db.execute("DELETE FROM pause WHERE host = ?", (host,))

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
