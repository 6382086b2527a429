"""Sources and their visits in the ledger's SQLite file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crawler.ledger.better import after_visit
from crawler.ledger.codec import decode_visit, encode_visit
from crawler.ledger.image_rows import images_from_text
from crawler.ledger.records import SourceRecord
from crawler.ledger.revision import revision_of
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

    def get(self, key: str) -> SourceRecord | None:
        """What is known of a source."""
        row = self._db.execute(
            "SELECT id, key, held, last, checked_at, failures, last_state, first_at, retry_at, "
            "images FROM source LEFT JOIN source_images ON source_id = id WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
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
            held=None if row[2] is None else decode_visit(row[2]),
            last=None if row[3] is None else decode_visit(row[3]),
            checked_at=row[4],
            failures=row[5],
            published=published,
            last_state=None if row[6] is None else State(row[6]),
            first_at=row[7],
            retry_at=row[8],
            images=images_from_text(row[9]),
        )

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
            yield LastVisit.from_texts(State(state), *rest)

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
            "first_at = coalesce(first_at, ?) WHERE key = ?",
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
                key,
            ),
        )
        return record
