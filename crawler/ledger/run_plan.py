"""Plan = items - ledger: what is due for the items of one run, derived anew each time.

The selection and the plan are temporary tables of the run's own connection, so they cost no
memory that grows with the items, and nothing of them outlives a killed process.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crawler.ledger.revisit import LastVisit
from crawler.states import State
from crawler.timestamps import utc_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from crawler.ledger.ledger import Wanted

_TABLES: Final = """
CREATE TEMP TABLE selected (item_id INTEGER PRIMARY KEY);
CREATE TEMP TABLE due (
    position INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
);
"""

# What would be fetched and why; NULL: nothing is due.
_REASON: Final = """
CASE
    WHEN held_state IS NULL THEN 'new'
    WHEN wanted IS NOT NULL THEN wanted
    WHEN :force THEN 'forced'
    WHEN last_state IN (SELECT value FROM json_each(:retry)) THEN 'was ' || last_state
    WHEN checked_at <= :older_than THEN 'last seen ' || substr(checked_at, 1, 10)
    WHEN NOT json_valid(tried) THEN 'new URL'
    WHEN source.key NOT IN (SELECT value FROM json_each(tried)) THEN 'new URL'
    WHEN held_state NOT IN ('ok', 'unsupported') AND EXISTS (
        SELECT 1 FROM url WHERE family_id = source.id
        AND key NOT IN (SELECT value FROM json_each(tried))
    ) THEN 'new URL'
    WHEN NOT EXISTS (
        SELECT 1 FROM url WHERE family_id = source.id AND key = answered
    ) THEN 'URL withdrawn'
    WHEN held_state = 'unsupported' AND last_state IN ('unsupported', 'not-modified') AND EXISTS (
        SELECT 1 FROM mention m WHERE m.source_id = source.id AND m.wants_body
    ) THEN 'body wanted'
    WHEN is_due(last_state, coalesce(checked_at, first_at), (
        SELECT min(published) FROM mention m WHERE m.source_id = source.id
    ), first_at, failures, retry_at) THEN
        CASE WHEN last_state IN ('ok', 'unsupported', 'not-modified') THEN 'revisit'
        ELSE 'was ' || last_state END
END
"""

_PLAN: Final = f"""
INSERT INTO due (position, source_id, reason)
SELECT row_number() OVER (ORDER BY turn, id) - 1, id, reason FROM (
    SELECT id, reason, row_number() OVER (PARTITION BY domain ORDER BY id) AS turn FROM (
        SELECT id, domain, {_REASON} AS reason FROM source
        WHERE id IN (SELECT source_id FROM mention JOIN selected USING (item_id))
    ) WHERE reason IS NOT NULL
)
"""

_WAITS: Final = """
EXISTS (SELECT 1 FROM mention JOIN due USING (source_id) WHERE mention.item_id = {} AND NOT done)
"""


class RunPlan:
    """The selection and the plan of the run that has this connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_TABLES)

    def select(self, output: str) -> None:
        """Add an item to this run."""
        self._db.execute(
            "INSERT OR IGNORE INTO selected SELECT id FROM item WHERE output = ?", (output,)
        )

    def is_selected(self, output: str) -> bool:
        """Whether the run has this item already."""
        row = self._db.execute(
            "SELECT 1 FROM selected JOIN item ON id = item_id WHERE output = ?", (output,)
        ).fetchone()
        return row is not None

    def plan(self, wanted: Wanted, limit: int | None) -> int:
        """Fill the plan and return its length."""
        self._fill(wanted)
        if limit is not None:
            self._db.execute(
                "DELETE FROM selected WHERE item_id NOT IN (SELECT item_id FROM selected "
                f"JOIN item ON id = item_id WHERE {_WAITS.format('item.id')} "
                "ORDER BY output LIMIT ?)",
                (limit,),
            )
            self._fill(wanted)
        (count,) = self._db.execute("SELECT count(*) FROM due").fetchone()
        return int(count)

    def _fill(self, wanted: Wanted) -> None:
        self._db.create_function("is_due", 6, partial(_is_due, wanted))
        oldest = None if wanted.older_than is None else utc_text(wanted.now - wanted.older_than)
        self._db.execute("DELETE FROM due")
        self._db.execute(
            _PLAN,
            {
                "force": wanted.force,
                "retry": _json_array(wanted.retry),
                "older_than": oldest,
            },
        )

    def page(self, after: int, count: int) -> list[tuple[str, str]]:
        """Return (key, reason) of up to `count` planned sources from position `after`."""
        return self._db.execute(
            "SELECT key, reason FROM due JOIN source ON source.id = source_id "
            "WHERE position >= ? ORDER BY position LIMIT ?",
            (after, count),
        ).fetchall()

    def sites(self) -> dict[str, int]:
        """How many planned sources each site has."""
        return dict(
            self._db.execute(
                "SELECT domain, count(*) FROM due JOIN source ON source.id = source_id "
                "GROUP BY domain"
            )
        )

    def mark_done(self, key: str) -> None:
        """Note that a source was settled."""
        self._db.execute(
            "UPDATE due SET done = 1 WHERE source_id = (SELECT id FROM source WHERE key = ?)",
            (key,),
        )

    def finished(self, key: str) -> tuple[str, tuple[str]]:
        """Return the condition on `item`, and its values, for items that this source ended."""
        waits = _WAITS.format("item.id")
        where = (
            "WHERE id IN (SELECT item_id FROM mention JOIN selected USING (item_id) "
            f"WHERE source_id = (SELECT id FROM source WHERE key = ?)) AND NOT {waits} "
            "ORDER BY output"
        )
        return where, (key,)

    def idle_items(self, after: int, count: int) -> list[int]:
        """Return ids, above `after`, of up to `count` selected items that wait for nothing."""
        waits = _WAITS.format("selected.item_id")
        rows = self._db.execute(
            f"SELECT item_id FROM selected WHERE item_id > ? AND NOT {waits} "
            "ORDER BY item_id LIMIT ?",
            (after, count),
        )
        return [row[0] for row in rows]

    def states(self) -> list[tuple[str | None, str | None, int]]:
        """Count the sources of the selected items by held state and that of the last visit."""
        return self._db.execute(
            "SELECT held_state, last_state, count(*) FROM source WHERE id IN "
            "(SELECT source_id FROM mention JOIN selected USING (item_id)) "
            "GROUP BY held_state, last_state"
        ).fetchall()

    def selected(self) -> int:
        """How many items are selected."""
        (count,) = self._db.execute("SELECT count(*) FROM selected").fetchone()
        return int(count)


def _json_array(states: Iterable[State]) -> str:
    return json.dumps([str(state) for state in states])


def _is_due(wanted: Wanted, *columns: Any) -> bool:
    """Answer for one row; the columns are those that `_REASON` hands over."""
    state, *rest = columns
    try:
        last = LastVisit.from_texts(State(state), *rest)
    except (ValueError, TypeError):  # a damaged row: what is asked again is known again
        return True
    due_at = wanted.revisit.due_at(last, wanted.now)
    return due_at is not None and due_at <= wanted.now
