"""The ledger in one SQLite file, in WAL mode: a process that dies loses nothing settled."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from crawler.ledger.better import after_visit
from crawler.ledger.codec import decode_visit, encode_visit
from crawler.ledger.families import put_families
from crawler.ledger.ledger import DueSource, Wanted
from crawler.ledger.records import (
    FileStamp,
    ItemRecord,
    Mention,
    Rendered,
    SourceRecord,
    Visit,
)
from crawler.ledger.revision import revision_of
from crawler.ledger.run_plan import RunPlan
from crawler.states import State
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.urls.family import UrlFamily

SCHEMA_VERSION: Final = 1
_PAGE: Final = 500


class LedgerError(RuntimeError):
    """The ledger file cannot be used: it is damaged, or of another version of this program."""


class SqliteLedger:
    """A `crawler.ledger.ledger.Ledger` in the SQLite file at `path`.

    One object belongs to one thread at a time. What was settled survives `kill -9`; only a
    power cut may lose the last moments (synchronous=NORMAL), which are then visited again.

    Raises:
        LedgerError: the file has another schema version, or is no database.
        OSError: its folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30.0
        )
        try:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                self._db.execute(f"PRAGMA {pragma}")
            self._prepare(path)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise LedgerError(
                f"{path} cannot be used as a ledger ({error}); moved away, it is made anew"
            ) from error
        self._run = RunPlan(self._db)

    def _prepare(self, path: Path) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            schema = files("crawler.ledger").joinpath("schema.sql").read_text("utf-8")
            self._db.executescript(
                f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
            )
        elif version != SCHEMA_VERSION:
            self._db.close()
            raise LedgerError(
                f"{path} has ledger version {version}, this program reads {SCHEMA_VERSION}"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside durable together or not at all; may be nested."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Items

    def item(self, output: str) -> ItemRecord | None:
        """What is known of the item with this output path."""
        return next(self._items("WHERE output = ?", (output,)), None)

    def item_from(self, origin: str) -> ItemRecord | None:
        """What is known of the item that was read from this file."""
        return next(self._items("WHERE origin = ?", (origin,)), None)

    def put_item(
        self, item: ItemRecord, families: Sequence[tuple[Mention, UrlFamily]] | None
    ) -> None:
        """Store an item and the sources it names; None keeps those of a known item."""
        place = (item.output, item.origin, item.root, item.stamp.size, item.stamp.mtime_ns)
        columns = (*place, item.digest, item.facts, json.dumps(item.warnings))
        with self.transaction():
            (item_id,) = self._db.execute(
                "INSERT INTO item (output, origin, root, size, mtime_ns, digest, facts, warnings) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (output) DO UPDATE SET "
                "origin = excluded.origin, root = excluded.root, size = excluded.size, "
                "mtime_ns = excluded.mtime_ns, digest = excluded.digest, "
                "facts = excluded.facts, warnings = excluded.warnings RETURNING id",
                columns,
            ).fetchone()
            if families is None:
                return
            put_families(self._db, item_id, families)

    def _items(self, where: str, values: Sequence[Any]) -> Iterator[ItemRecord]:
        query = (
            "SELECT id, output, origin, root, size, mtime_ns, digest, facts, warnings "
            f"FROM item {where}"
        )
        for row in self._db.execute(query, values).fetchall():
            mentions = self._db.execute(
                "SELECT position, key, web_url, kind FROM mention "
                "JOIN source ON source.id = source_id WHERE item_id = ? ORDER BY position",
                (row[0],),
            )
            yield ItemRecord(
                output=row[1],
                origin=row[2],
                root=row[3],
                stamp=FileStamp(row[4], row[5]),
                digest=row[6],
                facts=row[7],
                mentions=tuple(Mention(*mention) for mention in mentions),
                warnings=tuple(json.loads(row[8])),
            )

    def forget_missing(self, root: str) -> None:
        """Forget the items found below `root` earlier whose files are gone; sources stay."""
        rows = self._db.execute(
            "SELECT id, origin FROM item WHERE root = ? "
            "AND id NOT IN (SELECT item_id FROM selected)",
            (root,),
        ).fetchall()
        with self.transaction():
            for item_id, origin in rows:
                if not os.path.lexists(origin):
                    put_families(self._db, item_id, [])
                    self._db.execute("DELETE FROM item WHERE id = ?", (item_id,))

    def owner(self, key: str) -> str | None:
        """Output path of the item whose own article this source is."""
        row = self._db.execute(
            "SELECT output FROM mention JOIN item ON item.id = item_id "
            "WHERE position = -1 AND wants_body "
            "AND source_id = (SELECT id FROM source WHERE key = ?) ORDER BY output LIMIT 1",
            (key,),
        ).fetchone()
        return None if row is None else str(row[0])

    def items_naming(self, key: str) -> list[ItemRecord]:
        """Return the items that name this source."""
        where = (
            "WHERE id IN (SELECT item_id FROM mention WHERE source_id = "
            "(SELECT id FROM source WHERE key = ?)) ORDER BY output"
        )
        return list(self._items(where, (key,)))

    # Sources

    def source(self, key: str) -> SourceRecord | None:
        """What is known of a source."""
        row = self._db.execute(
            "SELECT id, key, held, last, checked_at FROM source WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        urls = self._db.execute(
            # Where items differ: plain before AMP, https (the greater text) before http.
            "SELECT max(url), min(is_amp) FROM url WHERE family_id = ? "
            "GROUP BY key ORDER BY min(is_amp), min(rank), key",
            (row[0],),
        ).fetchall()
        (wants_body,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM mention WHERE source_id = ? AND wants_body)", (row[0],)
        ).fetchone()
        return SourceRecord(
            key=row[1],
            urls=tuple(url for url, _ in urls),
            amp_from=sum(not is_amp for _, is_amp in urls),
            wants_body=bool(wants_body),
            held=None if row[2] is None else decode_visit(row[2]),
            last=None if row[3] is None else decode_visit(row[3]),
            checked_at=row[4],
        )

    def revision(self, key: str) -> str | None:
        """Hash of what is known of a source; None: not visited yet."""
        row = self._db.execute("SELECT revision FROM source WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def source_of_url(self, url: str) -> SourceRecord | None:
        """What is known of the source that has this URL in its family."""
        row = self._db.execute(
            "SELECT source.key FROM url JOIN mention USING (item_id, position) "
            "JOIN source ON source.id = mention.source_id WHERE url.key = ? "
            "ORDER BY source.key = url.key DESC, rank LIMIT 1",
            (url_key(url),),
        ).fetchone()
        return None if row is None else self.source(row[0])

    def settle(self, key: str, visit: Visit) -> SourceRecord:
        """Store a visit and return the new record.

        Raises:
            KeyError: no item names this source.
        """
        with self.transaction():
            known = self.source(key)
            if known is None:
                raise KeyError(key)
            record = after_visit(known, visit)
            assert record.held is not None
            self._db.execute(
                "UPDATE source SET held_state = ?, last_state = ?, held = ?, last = ?, "
                "revision = ?, checked_at = ?, tried = ?, answered = ? WHERE key = ?",
                (
                    record.held.state,
                    visit.open_state,
                    encode_visit(record.held),
                    None if record.last is None else encode_visit(record.last),
                    revision_of(record),
                    record.checked_at,
                    json.dumps([url_key(hop.url) for hop in visit.hops]),
                    url_key(record.held.hop.url),
                    key,
                ),
            )
            self._run.mark_done(key)
        return record

    # Output files

    def rendered(self, path: str) -> Rendered | None:
        """What the output file at this path was last made from."""
        row = self._db.execute(
            "SELECT fingerprint, size, mtime_ns FROM rendered WHERE path = ?", (path,)
        ).fetchone()
        return None if row is None else Rendered(row[0], FileStamp(row[1], row[2]))

    def put_rendered(self, path: str, rendered: Rendered | None) -> None:
        """Remember what an output file was made from; None forgets it."""
        if rendered is None:
            self._db.execute("DELETE FROM rendered WHERE path = ?", (path,))
            return
        row = (path, rendered.fingerprint, rendered.stamp.size, rendered.stamp.mtime_ns)
        self._db.execute("INSERT OR REPLACE INTO rendered VALUES (?, ?, ?, ?)", row)

    # This run

    def select(self, output: str) -> None:
        """Add an item to this run."""
        self._run.select(output)

    def is_selected(self, output: str) -> bool:
        """Whether this run has an item with this output path already."""
        return self._run.is_selected(output)

    def plan(self, wanted: Wanted, *, limit: int | None = None) -> int:
        """Derive what is due for the selected items, and return how many sources are."""
        return self._run.plan(wanted, limit)

    def due(self, after: int, count: int) -> list[DueSource]:
        """Return up to `count` planned sources from position `after`, domains taken in turn."""
        due = []
        for key, reason in self._run.page(after, count):
            record = self.source(key)
            assert record is not None
            due.append(DueSource(record, reason))
        return due

    def finished_items(self, key: str) -> list[ItemRecord]:
        """Return the selected items that name this source and wait for no other one."""
        return list(self._items(*self._run.finished(key)))

    def waiting_for_nothing(self) -> Iterator[ItemRecord]:
        """Yield the selected items that have no due source."""
        last = 0
        while ids := self._run.idle_items(last, _PAGE):
            last = ids[-1]
            for item_id in ids:
                yield from self._items("WHERE id = ?", (item_id,))

    def states(self) -> dict[State | None, int]:
        """How many sources of the selected items hold each state; None: not visited yet."""
        return {None if s is None else State(s): n for s, n in self._run.states()}

    def selected(self) -> int:
        """How many items are selected."""
        return self._run.selected()

    def close(self) -> None:
        """Close the file."""
        self._db.close()
