"""Sources and their visits in the ledger's SQLite file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.ledger.better import after_visit
from crawler.ledger.codec import DAMAGE, decode_visit, encode_visit
from crawler.ledger.image_rows import images_from_text
from crawler.ledger.records import SourceRecord
from crawler.ledger.revision import revision_of
from crawler.moments import moment, utc_text
from crawler.plan.revisit import LastVisit
from crawler.states import State
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from crawler.ledger.records import Visit


class SourceRows:
    """The sources of an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.broken: dict[str, str] = {}  # keys of records that could not be read, and why

    def get(self, key: str) -> SourceRecord | None:
        """What is known of a source."""
        row = self._row(key)
        if row is None:
            return None
        try:
            held = None if row[2] is None else decode_visit(row[2])
            last = None if row[3] is None else decode_visit(row[3])
            last_state = None if row[6] is None else State(row[6])
            images = images_from_text(row[9])
        except DAMAGE as error:
            self._forget(row[0], key, error)
            return self.get(key)
        urls = self._db.execute(
            # Where items differ: plain before AMP, https (the greater text) before http.
            "SELECT max(url), min(is_amp) FROM url WHERE family_id = ? "
            "GROUP BY key ORDER BY min(is_amp), min(rank), key",
            (row[0],),
        ).fetchall()
        wants_body, published = self._db.execute(
            "SELECT max(wants_body), min(published) FROM mention WHERE source_id = ?", (row[0],)
        ).fetchone()
        return SourceRecord(
            key=row[1],
            urls=tuple(url for url, _ in urls),
            amp_from=sum(not is_amp for _, is_amp in urls),
            wants_body=bool(wants_body),
            held=held,
            last=last,
            checked_at=row[4],
            failures=row[5],
            published=published,
            last_state=last_state,
            first_at=row[7],
            retry_at=row[8],
            images=images,
        )

    def _forget(self, source: int, key: str, error: Exception) -> None:
        """Have a source whose record is damaged as it was before its first visit."""
        self.broken[key] = f"{type(error).__name__}: {error}"
        self._db.execute(
            "UPDATE source SET held_state = NULL, last_state = NULL, tried = '[]', "
            "answered = NULL, held = NULL, last = NULL, revision = NULL, checked_at = NULL, "
            "first_at = NULL, retry_at = NULL, failures = 0, wanted = NULL WHERE id = ?",
            (source,),
        )
        self._db.execute("DELETE FROM source_images WHERE source_id = ?", (source,))

    def has_unvisited(self) -> bool:
        """Whether items name a source that was never visited, or that is due in any case."""
        row = self._db.execute(
            "SELECT 1 FROM source WHERE (held_state IS NULL OR wanted IS NOT NULL) "
            "AND EXISTS (SELECT 1 FROM mention WHERE source_id = source.id) LIMIT 1"
        ).fetchone()
        return row is not None

    def wants(self, key: str) -> str | None:
        """Why a source is due whatever the policy says; None: it is not."""
        row = self._db.execute("SELECT wanted FROM source WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def adopt(
        self, key: str, held: Visit, last: Visit | None, *, wanted: str | None
    ) -> SourceRecord:
        """Hold what a file says; see `crawler.ledger.ledger.Ledger`.

        Raises:
            KeyError: no item names this source.
        """
        known = self.get(key)
        if known is None:
            raise KeyError(key)
        latest = last or held
        record = replace(known, held=held, last=last)
        self._db.execute(
            "UPDATE source SET held_state = ?, last_state = ?, held = ?, last = ?, "
            "revision = ?, checked_at = ?, tried = ?, answered = ?, failures = ?, "
            "retry_at = NULL, first_at = ?, wanted = ? WHERE key = ?",
            (
                held.state,
                latest.open_state,
                encode_visit(held),
                None if last is None else encode_visit(last),
                revision_of(record),
                utc_text(moment(latest.at)),
                # All URLs of a source are tried before it is said how it is.
                json.dumps([url_key(url) for url in known.urls]),
                url_key(held.hop.url),
                0 if latest.open_state.is_good else 1,
                min(known.first_at or held.at, utc_text(moment(held.at))),
                wanted,
                key,
            ),
        )
        return record

    def _row(self, key: str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._db.execute(
            "SELECT id, key, held, last, checked_at, failures, last_state, first_at, retry_at, "
            "images FROM source LEFT JOIN source_images ON source_id = id WHERE key = ?",
            (key,),
        ).fetchone()
        return row

    def revision(self, key: str) -> str | None:
        """Hash of what is known of a source; None: not visited yet."""
        row = self._db.execute(
            "SELECT revision || coalesce(images, '') FROM source "
            "LEFT JOIN source_images ON source_id = id WHERE key = ?",
            (key,),
        ).fetchone()
        return None if row is None else row[0]

    def last_visits(self, roots: Sequence[str]) -> Iterator[LastVisit]:
        """Yield the last visits to the sources that items found below `roots` name."""
        rows = self._db.execute(
            "SELECT last_state, coalesce(checked_at, first_at), (SELECT min(published) "
            "FROM mention m WHERE m.source_id = source.id), first_at, failures, retry_at "
            "FROM source WHERE last_state IS NOT NULL AND id IN (SELECT source_id FROM mention "
            "JOIN item ON item.id = item_id WHERE root IN (SELECT value FROM json_each(?)))",
            (json.dumps(roots),),
        )
        for state, *rest in rows:
            try:
                last = LastVisit.from_texts(State(state), *rest)
            except (ValueError, TypeError):  # a damaged row, which the next run visits anew
                continue
            yield last

    def of_url(self, url: str) -> SourceRecord | None:
        """What is known of the source that has this URL in its family."""
        row = self._db.execute(
            "SELECT source.key FROM url JOIN mention USING (item_id, position) "
            "JOIN source ON source.id = mention.source_id WHERE url.key = ? "
            "ORDER BY source.key = url.key DESC, rank LIMIT 1",
            (url_key(url),),
        ).fetchone()
        return None if row is None else self.get(row[0])

    def settle(self, key: str, visit: Visit) -> SourceRecord:
        """Store a visit and return the new record.

        Raises:
            KeyError: no item names this source.
        """
        known = self.get(key)
        if known is None:
            raise KeyError(key)
        record = after_visit(known, visit)
        assert record.held is not None
        assert record.last_state is not None
        self._db.execute(
            "UPDATE source SET held_state = ?, last_state = ?, held = ?, last = ?, "
            "revision = ?, checked_at = ?, tried = ?, answered = ?, failures = ?, retry_at = ?, "
            "first_at = min(coalesce(first_at, ?), ?), wanted = NULL WHERE key = ?",
            (
                record.held.state,
                record.last_state,
                encode_visit(record.held),
                None if record.last is None else encode_visit(record.last),
                revision_of(record),
                record.checked_at,
                json.dumps([url_key(hop.url) for hop in visit.hops]),
                url_key(record.held.hop.url),
                record.failures,
                visit.hop.retry_at,
                visit.at,
                visit.at,
                key,
            ),
        )
        return record
