"""What was learned of hosts, archives, feeds and images, in the ledger's SQLite file."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.ledger.records import FeedAnswer, ImageRecord, RobotsAnswer, Snapshot
from crawler.states import State
from crawler.timestamps import AHEAD, now_text, utc_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping


_WITH_ARTICLE: Final = ", ".join(f"'{one}'" for one in State if one.is_good or one.has_text)


class ImageRows:
    """The images of an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def images(self, urls: Iterable[str]) -> dict[str, ImageRecord]:
        """What is known of these images, by URL."""
        rows = self._db.execute(
            "SELECT url, record FROM image WHERE url IN (SELECT value FROM json_each(?))",
            (json.dumps(list(urls)),),
        )
        known = {}
        for url, text in rows:
            with suppress(ValueError, TypeError):  # a damaged one is asked for again
                known[url] = ImageRecord(**json.loads(text))
        return known

    def put(self, url: str, record: ImageRecord) -> None:
        """Remember what was learned of an image."""
        self._db.execute("INSERT OR REPLACE INTO image VALUES (?, ?)", (url, _text(record)))

    def put_of_source(self, key: str, images: Mapping[str, ImageRecord]) -> bool:
        """Have this written of a source's images; False: it was so already."""
        (known,) = self._db.execute(
            "SELECT images FROM source LEFT JOIN source_images ON source_id = id WHERE key = ?",
            (key,),
        ).fetchone()
        if images_from_text(known) == images:
            return False
        text = json.dumps({url: json.loads(_text(images[url])) for url in sorted(images)})
        self._db.execute(
            "INSERT OR REPLACE INTO source_images SELECT id, ? FROM source WHERE key = ?",
            (text, key),
        )
        return True

    def sources(self, after: int, count: int) -> list[tuple[int, str]]:
        """Return (id, key) of up to `count` selected sources with an article, above an id."""
        return self._db.execute(
            f"SELECT id, key FROM source WHERE id > ? AND held_state IN ({_WITH_ARTICLE}) "
            "AND id IN (SELECT source_id FROM mention JOIN selected USING (item_id)) "
            "ORDER BY id LIMIT ?",
            (after, count),
        ).fetchall()


def images_from_text(text: str | None) -> dict[str, ImageRecord]:
    """Read what is written of a source's images."""
    plain = json.loads(text or "{}")
    return {url: ImageRecord(**record) for url, record in plain.items()}


def _text(record: ImageRecord) -> str:
    plain = {name: value for name, value in asdict(record).items() if value not in (None, False)}
    return json.dumps(plain, separators=(",", ":"))


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

    def to_save(self, count: int) -> list[tuple[str, str, str]]:
        """Return (key, URL, version) of up to `count` selected sources whose page is not saved."""
        return self._db.execute(
            "SELECT source, requestedUrl, contentHash FROM sources "
            "LEFT JOIN saved ON source_id = sourceId WHERE state = ? AND contentHash IS NOT NULL "
            "AND saved.version IS NOT contentHash AND sourceId IN (SELECT mention.source_id "
            "FROM mention JOIN selected USING (item_id)) ORDER BY sourceId LIMIT ?",
            (State.OK, count),
        ).fetchall()

    def put_saved(self, key: str, version: str, at: str) -> None:
        """Remember that the page of a source was saved, with this version of its article."""
        self._db.execute(
            "INSERT OR REPLACE INTO saved SELECT id, ?, ? FROM source WHERE key = ?",
            (version, at, key),
        )
