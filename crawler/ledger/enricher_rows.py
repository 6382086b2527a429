"""What enrichers have made of articles: a cache, by what it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


class EnricherRows:
    """The rows of the table `enricher_result`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, name: str, made_from: str) -> dict[str, Any] | None:
        """Return the result of an enricher; None: there is none."""
        row = self._db.execute(
            "SELECT result FROM enricher_result WHERE name = ? AND made_from = ?",
            (name, made_from),
        ).fetchone()
        result: dict[str, Any] | None = None if row is None else json.loads(row[0])
        return result

    def put(self, name: str, made_from: str, result: Mapping[str, Any]) -> None:
        """Keep a result."""
        self._db.execute(
            "INSERT INTO enricher_result (name, made_from, result) VALUES (?, ?, ?) "
            "ON CONFLICT (name, made_from) DO UPDATE SET result = excluded.result",
            (name, made_from, json.dumps(result)),
        )
