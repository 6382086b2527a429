"""What is known of images, in the ledger's SQLite file."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from crawler.ledger.records import ImageRecord
from crawler.states import State

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_WITH_ARTICLE: Final = ", ".join(f"'{one}'" for one in State if one.is_good or one.has_text)


class ImageRows:
    """The images of an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def images(self, urls: Iterable[str]) -> dict[str, ImageRecord]:
        """What is known of these images, by URL."""
        rows = self._db.execute(
            "SELECT url, record FROM image WHERE url IN (SELECT value FROM json_each(?))",
            (json.dumps(list(urls)),),
        )
        known = {}
        for url, text in rows:
            with suppress(ValueError, TypeError):  # a damaged one is asked for again
                known[url] = ImageRecord(**json.loads(text))
        return known

    def put(self, url: str, record: ImageRecord) -> None:
        """Remember what was learned of an image."""
        self._db.execute("INSERT OR REPLACE INTO image VALUES (?, ?)", (url, _text(record)))

    def put_of_source(self, key: str, images: Mapping[str, ImageRecord]) -> bool:
        """Have this written of a source's images; False: it was so already."""
        (known,) = self._db.execute(
            "SELECT images FROM source LEFT JOIN source_images ON source_id = id WHERE key = ?",
            (key,),
        ).fetchone()
        if images_from_text(known) == images:
            return False
        text = json.dumps({url: json.loads(_text(images[url])) for url in sorted(images)})
        self._db.execute(
            "INSERT OR REPLACE INTO source_images SELECT id, ? FROM source WHERE key = ?",
            (text, key),
        )
        return True

    def sources(self, after: int, count: int) -> list[tuple[int, str]]:
        """Return (id, key) of up to `count` selected sources with an article, above an id."""
        return self._db.execute(
            f"SELECT id, key FROM source WHERE id > ? AND held_state IN ({_WITH_ARTICLE}) "
            "AND id IN (SELECT source_id FROM mention JOIN selected USING (item_id)) "
            "ORDER BY id LIMIT ?",
            (after, count),
        ).fetchall()


def images_from_text(text: str | None) -> dict[str, ImageRecord]:
    """Read what is written of a source's images."""
    plain = json.loads(text or "{}")
    return {url: ImageRecord(**record) for url, record in plain.items()}


def _text(record: ImageRecord) -> str:
    plain = {name: value for name, value in asdict(record).items() if value not in (None, False)}
    return json.dumps(plain, separators=(",", ":"))
