"""Which source stands for a family of URLs.

A family is the source of its own best URL. Items are often wrong about the other ones (a front
page, a typing error), so two families that share only one of those stay apart. But where the best
URL of a family is among the URLs of exactly one other, that other one stands for it, and it is not
fetched by itself; for what an item is about all its URLs must be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from crawler.ledger.records import Mention
    from crawler.urls.family import UrlFamily


def put_families(
    db: sqlite3.Connection, item_id: int, families: Sequence[tuple[Mention, UrlFamily]]
) -> None:
    """Replace an item's mentions and their URLs."""
    touched = {key for (key,) in db.execute("SELECT key FROM url WHERE item_id = ?", (item_id,))}
    db.execute("DELETE FROM mention WHERE item_id = ?", (item_id,))
    for mention, family in families:
        _put_mention(db, item_id, mention, family)
        touched.update(family.keys)
    _settle_who_stands(db, touched)


def _put_mention(db: sqlite3.Connection, item_id: int, mention: Mention, family: UrlFamily) -> None:
    db.execute(
        "INSERT OR IGNORE INTO source (key, domain, tried) VALUES (?, ?, '[]')",
        (family.key, registered_domain(family.urls[0])),
    )
    (source,) = db.execute("SELECT id FROM source WHERE key = ?", (family.key,)).fetchone()
    place = (item_id, mention.position, source)
    db.execute(
        "INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*place, source, mention.web_url, mention.kind, mention.wants_body),
    )
    db.executemany(
        "INSERT INTO url VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (*place, key, url, rank >= family.amp_from, rank)
            for rank, (key, url) in enumerate(zip(family.keys, family.urls, strict=True))
        ],
    )


def _settle_who_stands(db: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Decide anew which source stands for those whose best URL is one of the keys."""
    for key in sorted(keys):
        row = db.execute("SELECT id FROM source WHERE key = ?", (key,)).fetchone()
        if row is not None:
            stands = _other_family(db, row[0], key) or row[0]
            db.execute("UPDATE mention SET source_id = ? WHERE family_id = ?", (stands, row[0]))


def _other_family(db: sqlite3.Connection, source: int, key: str) -> int | None:
    """Return the source that stands for this one, if another one clearly does."""
    others = db.execute(
        "SELECT DISTINCT family_id, source.key FROM url JOIN source ON source.id = family_id "
        "WHERE url.key = ? AND family_id <> ? LIMIT 2",
        (key, source),
    ).fetchall()
    if len(others) != 1:
        return None
    other, other_key = others[0]
    own_keys = _keys_of(db, source)
    is_an_item = db.execute(
        "SELECT 1 FROM mention WHERE family_id = ? AND position = -1", (source,)
    ).fetchone()
    if is_an_item and not own_keys <= _keys_of(db, other):
        return None  # what an item is about is not given up for a family that knows it in part
    if other_key in own_keys and other_key > key:
        return None  # each has the other's: one of them stands for both
    return int(other)


def _keys_of(db: sqlite3.Connection, source: int) -> set[str]:
    return {key for (key,) in db.execute("SELECT key FROM url WHERE family_id = ?", (source,))}
