"""Sources, visits and families of URLs in the ledger's SQLite file.

A family is the source of its own best URL. Items are often wrong about the other ones (a front
page, a typing error), so two families that share only one of those stay apart. But where the best
URL of a related entry is among the URLs of exactly one other family, that one stands for it, and it
is not fetched by itself. For what an item is about, each of the two must name the other's best URL.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crawler.ledger.better import after_visit, revision_of
from crawler.ledger.events import EventRows, events_of
from crawler.ledger.outbox import OutboxRows, delivery_of
from crawler.ledger.records import DAMAGE, SourceRecord, decode_visit, encode_visit
from crawler.ledger.revisit import LastVisit
from crawler.ledger.web_rows import images_from_text
from crawler.states import State
from crawler.timestamps import moment, utc_text
from crawler.urls.canonical import url_key
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.ledger.records import Mention, Visit
    from crawler.urls.aliases import UrlFamily


_VISITED: Final = (
    "held_state, last_state, tried, answered, held, revision, checked_at, first_at, retry_at, "
    "failures, failing_since, wanted"
)


def put_families(
    db: sqlite3.Connection, item_id: int, families: Sequence[tuple[Mention, UrlFamily]]
) -> None:
    """Replace an item's mentions and their URLs."""
    touched = _keys_around(db, item_id)
    db.execute("DELETE FROM mention WHERE item_id = ?", (item_id,))
    for mention, family in families:
        _put_mention(db, item_id, mention, family)
    _settle_who_stands(db, touched | _keys_around(db, item_id))


# Only keys of sources: about others there is nothing to decide, and a family that ten thousand
# items name may have as many.
_KEYS_AROUND: Final = """
SELECT key FROM url WHERE item_id = :item
UNION SELECT key FROM source JOIN mention ON family_id = id WHERE item_id = :item
UNION SELECT key FROM crossing JOIN mention USING (family_id) WHERE item_id = :item
"""
# Each next one is looked up in an index, since most rows are of the first.
_FAMILIES_OF_KEY: Final = """
WITH RECURSIVE found (family) AS (
    SELECT min(family_id) FROM url WHERE key = :key
    UNION ALL
    SELECT (SELECT min(family_id) FROM url WHERE key = :key AND family_id > found.family)
    FROM found WHERE found.family IS NOT NULL
)
SELECT family, source.key FROM found JOIN source ON source.id = family
WHERE family <> :source LIMIT 2
"""


def _keys_around(db: sqlite3.Connection, item_id: int) -> set[str]:
    """The keys of the families that an item names, also those which other items gave them."""
    return {key for (key,) in db.execute(_KEYS_AROUND, {"item": item_id})}


def _put_mention(db: sqlite3.Connection, item_id: int, mention: Mention, family: UrlFamily) -> None:
    is_new = db.execute(
        "INSERT OR IGNORE INTO source (key, domain, tried) VALUES (?, ?, '[]')",
        (family.key, site_of(family.urls[0])),
    ).rowcount
    if is_new:
        crosses = "INSERT INTO crossing SELECT DISTINCT family_id, key FROM url WHERE key = ?"
        db.execute(crosses, (family.key,))
    (source,) = db.execute("SELECT id FROM source WHERE key = ?", (family.key,)).fetchone()
    for key in family.keys[1:]:
        _inherit(db, source, key)
    place = (item_id, mention.position, source)
    db.execute(
        "INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*place, source, mention.web_url, mention.kind, mention.wants_body, mention.published),
    )
    db.executemany(
        "INSERT INTO url VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (*place, key, url, rank >= family.amp_from, rank)
            for rank, (key, url) in enumerate(zip(family.keys, family.urls, strict=True))
        ],
    )
    db.execute(
        "INSERT OR IGNORE INTO crossing SELECT :family, key FROM source "
        "WHERE key IN (SELECT value FROM json_each(:keys)) AND id <> :family",
        {"family": source, "keys": json.dumps(family.keys)},
    )


def _settle_who_stands(db: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Decide anew which source stands for those whose best URL is one of the keys."""
    for key in sorted(keys):
        row = db.execute("SELECT id FROM source WHERE key = ?", (key,)).fetchone()
        if row is not None:
            stands = _other_family(db, row[0], key) or row[0]
            _inherit(db, stands, key)
            if _has_other(db, "family_id", row[0], "source_id", stands):
                stand = "UPDATE mention SET source_id = ? WHERE family_id = ?"
                db.execute(stand, (stands, row[0]))


def _inherit(db: sqlite3.Connection, source: int, key: str) -> None:
    """Give a source that was never visited the article that another one holds of a URL of its own.

    So an article is not lost when an author puts a better URL in front of the one that gave it.
    """
    inherits = db.execute(
        f"UPDATE source SET ({_VISITED}) = (SELECT {_VISITED} FROM source WHERE key = ?) "
        "WHERE id = ? AND held_state IS NULL AND EXISTS (SELECT 1 FROM source WHERE key = ? "
        "AND held_state IN ('ok', 'archived') AND answered = key)",
        (key, source, key),
    )
    if inherits.rowcount:
        db.execute(
            "INSERT OR REPLACE INTO text_source SELECT ?, text_id, text_rank, text_source.url "
            "FROM text_source JOIN source ON source.id = source_id WHERE key = ?",
            (source, key),
        )


def _other_family(db: sqlite3.Connection, source: int, key: str) -> int | None:
    """Return the source that stands for this one, if another one clearly does."""
    others = db.execute(_FAMILIES_OF_KEY, {"key": key, "source": source}).fetchall()
    if len(others) != 1:
        return None
    other, other_key = others[0]
    is_mutual = _exists(db, "url WHERE family_id = ? AND key = ?", source, other_key)
    if is_mutual and other_key > key:
        return None  # one of the two stands for both
    if not is_mutual and _exists(db, "mention WHERE family_id = ? AND position = -1", source):
        return None
    in_a_row = _has_other(db, "family_id", other, "source_id", other)
    in_a_row |= _has_other(db, "source_id", source, "family_id", source)
    return None if in_a_row else int(other)


def _exists(db: sqlite3.Connection, what: str, *values: object) -> bool:
    return db.execute(f"SELECT 1 FROM {what} LIMIT 1", values).fetchone() is not None


def _has_other(db: sqlite3.Connection, column: str, source: int, other: str, than: int) -> bool:
    """Whether a mention has this source in one column, and another one than that in the other."""
    return any(
        _exists(db, f"mention WHERE {column} = ? AND {other} {side} ?", source, than)
        for side in "<>"  # two ways into an index; "<>" itself is none
    )


class SourceRows:
    """The sources of an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.events = EventRows(db)
        self.outbox = OutboxRows(db)
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
            failing_since=row[10],
            images=images,
        )

    def _forget(self, source: int, key: str, error: Exception) -> None:
        """Have a source whose record is damaged as it was before its first visit."""
        self.broken[key] = f"{type(error).__name__}: {error}"
        self._db.execute(
            "UPDATE source SET held_state = NULL, last_state = NULL, tried = '[]', "
            "answered = NULL, held = NULL, last = NULL, revision = NULL, checked_at = NULL, "
            "first_at = NULL, retry_at = NULL, failures = 0, failing_since = NULL, wanted = NULL "
            "WHERE id = ?",
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
        self,
        key: str,
        held: Visit,
        last: Visit | None,
        failing_since: str | None,
        wanted: str | None,
    ) -> SourceRecord:
        """Hold what a file says; see `crawler.ledger.ledger.Ledger`.

        Raises:
            KeyError: no item names this source.
        """
        known = self.get(key)
        if known is None:
            raise KeyError(key)
        latest = last or held
        record = replace(known, held=held, last=last, failing_since=failing_since)
        self._db.execute(
            "UPDATE source SET held_state = ?, last_state = ?, held = ?, last = ?, "
            "revision = ?, checked_at = ?, tried = ?, answered = ?, failures = ?, "
            "retry_at = NULL, first_at = ?, failing_since = ?, wanted = ? WHERE key = ?",
            (
                held.state,
                latest.open_state,
                encode_visit(held),
                None if last is None else encode_visit(last),
                revision_of(record),
                utc_text(moment(latest.at)),
                # All URLs of a source are tried before it is said how it is.
                json.dumps([url_key(url) for url in known.urls]),
                url_key(held.attempt.url),
                0 if latest.open_state.is_good else 1,
                min(known.first_at or held.at, utc_text(moment(held.at))),
                failing_since,
                wanted,
                key,
            ),
        )
        return record

    def _row(self, key: str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._db.execute(
            "SELECT id, key, held, last, checked_at, failures, last_state, first_at, retry_at, "
            "images, failing_since FROM source LEFT JOIN source_images ON source_id = id "
            "WHERE key = ?",
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
        """Yield the last visits to the sources that items at or below `roots` name."""
        rows = self._db.execute(
            "SELECT last_state, coalesce(checked_at, first_at), (SELECT min(published) "
            "FROM mention m WHERE m.source_id = source.id), first_at, failures, retry_at "
            "FROM source WHERE last_state IS NOT NULL AND id IN (SELECT source_id FROM mention "
            "JOIN item ON item.id = item_id JOIN json_each(?) AS root "
            "ON substr(origin || '/', 1, length(root.value)) = root.value)",
            (json.dumps([os.path.join(root, "") for root in roots]),),  # noqa: PTH118 - beginnings
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

    def store_visit(self, key: str, visit: Visit) -> SourceRecord:
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
            "first_at = min(coalesce(first_at, ?), ?), failing_since = ?, wanted = NULL "
            "WHERE key = ?",
            (
                record.held.state,
                record.last_state,
                encode_visit(record.held),
                None if record.last is None else encode_visit(record.last),
                revision_of(record),
                record.checked_at,
                json.dumps([url_key(attempt.url) for attempt in visit.attempts]),
                url_key(record.held.attempt.url),
                record.failures,
                visit.attempt.retry_at,
                visit.at,
                visit.at,
                record.failing_since,
                key,
            ),
        )
        self.events.put(events_of(known, record, visit.at))
        self.outbox.put(delivery_of(known, record, visit.at))
        return record
