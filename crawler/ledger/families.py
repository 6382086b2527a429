"""Which source a family of URLs belongs to, kept so that two sources never share a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    import sqlite3

    from crawler.urls.family import UrlFamily

_OTHERS_BEHIND = 1_000  # more than the URLs of any family


def join_family(db: sqlite3.Connection, family: UrlFamily) -> int:
    """Return the id of the source that this family is, making or merging sources as needed.

    The URLs come in the order of the family that was joined last; those which only other items
    gave stay behind them.
    """
    marks = ",".join("?" * len(family.keys))
    found = db.execute(
        f"SELECT DISTINCT source_id FROM url WHERE key IN ({marks})",
        family.keys,
    ).fetchall()
    ids = sorted(row[0] for row in found)
    source = _merge(db, ids) if ids else _new_source(db, family)
    _put_urls(db, source, family)
    return source


def _new_source(db: sqlite3.Connection, family: UrlFamily) -> int:
    row = db.execute(
        "INSERT INTO source (key, domain, new_url) VALUES (?, ?, 0) RETURNING id",
        (family.key, registered_domain(family.urls[0])),
    ).fetchone()
    return int(row[0])


def _merge(db: sqlite3.Connection, ids: list[int]) -> int:
    """Let the source that holds an article, or else the oldest, take over the others."""
    marks = ",".join("?" * len(ids))
    survivor = db.execute(
        f"SELECT id FROM source WHERE id IN ({marks}) "
        "ORDER BY held_state = 'ok' DESC, held_state IS NOT NULL DESC, id LIMIT 1",
        ids,
    ).fetchone()[0]
    for loser in ids:
        if loser != survivor:
            db.execute("UPDATE url SET source_id = ? WHERE source_id = ?", (survivor, loser))
            db.execute("UPDATE mention SET source_id = ? WHERE source_id = ?", (survivor, loser))
            db.execute("DELETE FROM source WHERE id = ?", (loser,))
    return int(survivor)


def _put_urls(db: sqlite3.Connection, source: int, family: UrlFamily) -> None:
    db.execute(
        "UPDATE url SET position = position + ? WHERE source_id = ?", (_OTHERS_BEHIND, source)
    )
    known = {key for (key,) in db.execute("SELECT key FROM url WHERE source_id = ?", (source,))}
    for position, (key, url) in enumerate(zip(family.keys, family.urls, strict=True)):
        db.execute(
            "INSERT INTO url (key, source_id, url, is_amp, position) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET url = excluded.url, is_amp = excluded.is_amp, "
            "position = excluded.position",
            (key, source, url, position >= family.amp_from, position),
        )
    if known and not known.issuperset(family.keys):
        db.execute("UPDATE source SET new_url = 1 WHERE id = ?", (source,))
