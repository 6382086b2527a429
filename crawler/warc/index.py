"""Where the answers of WARC files are: an index on disk, so that memory does not grow with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.urls.canonical import url_key
from crawler.warc.records import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEMA: Final = """
CREATE TABLE capture (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,            -- of its URL
    url TEXT NOT NULL,
    status INTEGER NOT NULL,
    taken_at TEXT NOT NULL,
    content_type TEXT NOT NULL,
    file TEXT NOT NULL,
    offset INTEGER NOT NULL,
    digest TEXT,
    is_revisit INTEGER NOT NULL,
    refers_url TEXT,
    refers_at TEXT
);
CREATE INDEX by_key ON capture (key);
CREATE INDEX by_digest ON capture (digest) WHERE NOT is_revisit;
"""
_COLUMNS: Final = (
    "url, status, taken_at, content_type, file, offset, digest, is_revisit, refers_url, refers_at"
)


class CaptureIndex:
    """An index of captures in a temporary file, which goes when it is closed; for one thread."""

    def __init__(self) -> None:
        # SQLite keeps a database without a name in memory while it is small, else in a file.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; {_SCHEMA}")

    def add(self, captures: Iterable[Capture]) -> int:
        """Take captures in; return how many."""
        count = 0
        self._db.execute("BEGIN")
        for capture in captures:
            refers_to = capture.refers_to or (None, None)
            row = (
                url_key(capture.url),
                capture.url,
                capture.status,
                capture.taken_at,
                capture.content_type,
                str(capture.file),
                capture.offset,
                capture.digest,
                capture.is_revisit,
                *refers_to,
            )
            self._db.execute(f"INSERT INTO capture (key, {_COLUMNS}) VALUES ({_marks(row)})", row)
            count += 1
        self._db.execute("COMMIT")
        return count

    def find(self, url: str) -> Capture | None:
        """Return the answer to give for a URL: the last good one, or else the last one.

        A URL of another spelling (see `crawler.urls.canonical.url_key`) stands for one that is not
        there itself, unless it was redirected: most often that is to the very spelling wanted.
        """
        return self._first(
            "key = ? AND (url = ? OR status NOT BETWEEN 300 AND 399) "
            "ORDER BY status < 400 DESC, url = ? DESC, taken_at DESC, id DESC",
            (url_key(url), url, url),
        )

    def origin_of(self, revisit: Capture) -> Capture | None:
        """Return the record that has the payload of a revisit."""
        if revisit.refers_to is not None:
            url, at = revisit.refers_to
            found = self._first(
                "key = ? AND NOT is_revisit AND (digest = ? OR digest IS NULL) "
                "ORDER BY taken_at = ? DESC, url = ? DESC, id DESC",
                (url_key(url), revisit.digest, at, url),
            )
            if found is not None:
                return found
        return self.with_digest(revisit.digest) if revisit.digest else None

    def with_digest(self, digest: str) -> Capture | None:
        """Return a record whose payload has this digest."""
        return self._first("digest = ? AND NOT is_revisit ORDER BY id", (digest,))

    def after(self, position: int, count: int) -> list[tuple[int, Capture]]:
        """Return up to `count` captures behind a position, with theirs; the first is above 0."""
        rows = self._db.execute(
            f"SELECT id, {_COLUMNS} FROM capture WHERE id > ? ORDER BY id LIMIT ?",
            (position, count),
        )
        return [(row[0], _capture(row[1:])) for row in rows]

    def close(self) -> None:
        """Forget it all."""
        self._db.close()

    def _first(self, where: str, values: tuple[object, ...]) -> Capture | None:
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM capture WHERE {where} LIMIT 1", values
        ).fetchone()
        return None if row is None else _capture(row)


def _marks(row: tuple[object, ...]) -> str:
    return ", ".join("?" * len(row))


def _capture(row: tuple[object, ...]) -> Capture:
    url, status, taken_at, content_type, file, offset, digest, is_revisit, *refers_to = row
    return Capture(
        url=str(url),
        status=int(str(status)),
        taken_at=str(taken_at),
        content_type=str(content_type),
        file=Path(str(file)),
        offset=int(str(offset)),
        digest=None if digest is None else str(digest),
        is_revisit=bool(is_revisit),
        refers_to=None if refers_to[0] is None else (str(refers_to[0]), str(refers_to[1])),
    )
