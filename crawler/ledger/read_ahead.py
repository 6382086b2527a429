"""What is asked of many items one after the other, read by a few queries for all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from crawler.ledger.item_rows import ItemRows
    from crawler.ledger.records import ItemRecord

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
