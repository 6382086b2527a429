"""Which source stands for a family of URLs.

A family is the source of its own best URL. Items are often wrong about the other ones (a front
page, a typing error), so two families that share only one of those stay apart. But where the best
URL of a related entry is among the URLs of exactly one other family, that one stands for it, and it
is not fetched by itself. For what an item is about, each of the two must name the other's best URL.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from crawler.ledger.records import Mention
    from crawler.urls.family import UrlFamily

_VISITED: Final = (
    "held_state, last_state, tried, answered, held, revision, checked_at, first_at, retry_at, "
    "failures, wanted"
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
            "INSERT OR REPLACE INTO text_source SELECT ?, text_id, standing, text_source.url "
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
