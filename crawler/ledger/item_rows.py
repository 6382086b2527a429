"""Items in the ledger's SQLite file, one by one and many at once."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from crawler.ledger.records import FileStamp, ItemRecord, Mention
from crawler.ledger.source_rows import put_families

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.urls.aliases import UrlFamily


class ItemRows:
    """The items of an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, output: str) -> ItemRecord | None:
        """What is known of the item with this output path."""
        return next(self.matching("WHERE output = ?", (output,)), None)

    def read_from(self, origin: str) -> ItemRecord | None:
        """What is known of the item that was read from this file."""
        return next(self.matching("WHERE origin = ?", (origin,)), None)

    def put(self, item: ItemRecord, families: Sequence[tuple[Mention, UrlFamily]] | None) -> None:
        """Store an item and the sources it names; None keeps those of a known item."""
        place = (item.output, item.origin, item.root, item.stamp.size, item.stamp.mtime_ns)
        columns = (*place, item.digest, item.facts, json.dumps(item.warnings))
        (item_id,) = self._db.execute(
            "INSERT INTO item (output, origin, root, size, mtime_ns, digest, facts, warnings) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (output) DO UPDATE SET "
            "origin = excluded.origin, root = excluded.root, size = excluded.size, "
            "mtime_ns = excluded.mtime_ns, digest = excluded.digest, "
            "facts = excluded.facts, warnings = excluded.warnings, adopted = 0 RETURNING id",
            columns,
        ).fetchone()
        if families is not None:
            put_families(self._db, item_id, families)

    def read_from_any(self, origins: Sequence[str]) -> dict[str, ItemRecord]:
        """What is known of these files, where exactly one item was read from the file.

        Without mentions, which nobody asks for.
        """
        where = "WHERE origin IN (SELECT value FROM json_each(?))"
        found = list(self._matching(where, (json.dumps(origins),), mentions=False))
        times = Counter(item.origin for item in found)
        return {item.origin: item for item in found if times[item.origin] == 1}

    def matching(
        self, where: str, values: Sequence[Any] | Mapping[str, Any]
    ) -> Iterator[ItemRecord]:
        """Yield the items that meet a condition on the table `item`."""
        return self._matching(where, values, mentions=True)

    def _matching(
        self, where: str, values: Sequence[Any] | Mapping[str, Any], *, mentions: bool
    ) -> Iterator[ItemRecord]:
        query = (
            "SELECT id, output, origin, root, size, mtime_ns, digest, facts, warnings "
            f"FROM item {where}"
        )
        rows = self._db.execute(query, values).fetchall()
        named = self._mentions([row[0] for row in rows]) if mentions else {}
        for row in rows:
            yield ItemRecord(
                output=row[1],
                origin=row[2],
                root=row[3],
                stamp=FileStamp(row[4], row[5]),
                digest=row[6],
                facts=row[7],
                mentions=tuple(named.get(row[0], ())),
                warnings=_warnings(row[8]),
            )

    def _mentions(self, ids: Sequence[int]) -> dict[int, list[Mention]]:
        rows = self._db.execute(
            "SELECT item_id, position, key, web_url, kind, published FROM mention "
            "JOIN source ON source.id = source_id "
            "WHERE item_id IN (SELECT value FROM json_each(?)) ORDER BY item_id, position",
            (json.dumps(ids),),
        )
        mentions: dict[int, list[Mention]] = {}
        for item_id, *mention in rows:
            mentions.setdefault(item_id, []).append(Mention(*mention))
        return mentions

    def to_adopt(self, count: int) -> list[ItemRecord]:
        """Return up to `count` items whose files were not looked at since they were read."""
        return list(self.matching("WHERE NOT adopted ORDER BY id LIMIT ?", (count,)))

    def mark_adopted(self, outputs: Sequence[str]) -> None:
        """Note that the files of these items were looked at."""
        self._db.execute(
            "UPDATE item SET adopted = 1 WHERE output IN (SELECT value FROM json_each(?))",
            (json.dumps(outputs),),
        )

    def is_taken(self, root: str) -> bool:
        """Whether all items of this file or folder were taken once."""
        found = self._db.execute("SELECT 1 FROM taken_root WHERE path = ?", (root,))
        return found.fetchone() is not None

    def put_taken(self, root: str) -> None:
        """Remember that they were."""
        self._db.execute("INSERT OR IGNORE INTO taken_root VALUES (?)", (root,))

    def forget_missing(self, root: str) -> None:
        """Forget the items below `root` whose files are gone; sources stay."""
        below = os.path.join(root, "")  # noqa: PTH118 - a beginning, no path
        rows = self._db.execute(
            "SELECT id, origin FROM item WHERE substr(origin, 1, ?) = ? "
            "AND id NOT IN (SELECT item_id FROM selected)",
            (len(below), below),
        ).fetchall()
        for item_id, origin in rows:
            if not os.path.lexists(origin):
                put_families(self._db, item_id, [])
                self._db.execute("DELETE FROM item WHERE id = ?", (item_id,))

    def owners(self, key: str) -> list[ItemRecord]:
        """Return the items whose own article this source is."""
        where = (
            "WHERE id IN (SELECT item_id FROM mention WHERE position = -1 AND wants_body "
            "AND source_id = (SELECT id FROM source WHERE key = ?)) ORDER BY output"
        )
        return list(self.matching(where, (key,)))

    def naming(self, key: str) -> list[ItemRecord]:
        """Return the items that name this source."""
        where = (
            "WHERE id IN (SELECT item_id FROM mention WHERE source_id = "
            "(SELECT id FROM source WHERE key = ?)) ORDER BY output"
        )
        return list(self.matching(where, (key,)))


def _warnings(text: str) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads(text)))
    except (ValueError, TypeError):  # damaged, and no more than told once more
        return ()


_MOST_OWNERS = 8  # of a source; those of others are looked up, and remembered by who asks
_SOURCES = "(SELECT source_id FROM mention WHERE item_id IN (SELECT value FROM json_each(:items)))"


class ReadAhead:
    """Some items and what writing their files asks; holds until an item or a source is stored.

    Attributes:
        items: the items, by id.
        revisions: hash of what is known of each source that they name.
        owners: the items whose own article each of these sources is, where they are few.
    """

    def __init__(self, db: sqlite3.Connection, rows: ItemRows, ids: Sequence[int]) -> None:
        of = {"items": json.dumps(ids)}
        where = "WHERE id IN (SELECT value FROM json_each(:items)) ORDER BY id"
        self.items: list[ItemRecord] = list(rows.matching(where, of))
        query = f"SELECT key, revision FROM source WHERE id IN {_SOURCES}"
        self.revisions: dict[str, str | None] = dict(db.execute(query, of))
        few = (
            f"SELECT id, key FROM source WHERE id IN {_SOURCES} AND (SELECT count(*) FROM "
            "(SELECT 1 FROM mention WHERE source_id = source.id AND position = -1 "
            f"LIMIT {_MOST_OWNERS + 1})) <= {_MOST_OWNERS}"
        )
        keys = dict(db.execute(few, of))
        self.owners: dict[str, list[ItemRecord]] = {key: [] for key in keys.values()}
        known = {item.output: item for item in self.items}
        owners = db.execute(
            "SELECT key, output FROM mention JOIN source ON source.id = source_id "
            "JOIN item ON item.id = item_id "
            "WHERE position = -1 AND wants_body "
            "AND source_id IN (SELECT value FROM json_each(?)) ORDER BY output",
            (json.dumps(list(keys)),),
        )
        for key, output in owners.fetchall():
            item = known.get(output) or rows.get(output)
            assert item is not None
            self.owners[key].append(item)
