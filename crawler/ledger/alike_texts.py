"""The texts that sources hold in the ledger's SQLite file, and which of them are alike.

A text is looked up by the bands of its sketch, so that it is compared with the few that may be
like it; what looks alike is compared by its words. Nothing here needs to be kept: it is made again
from the sources.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from crawler.duplicates.likeness import FEWEST_RUNS, LEAST_RESEMBLANCE, likeness
from crawler.duplicates.sketch import bands_of, estimate, may_resemble, sketch_of
from crawler.duplicates.wording import Wording, wording
from crawler.ledger.codec import DAMAGE, decode_visit

if TYPE_CHECKING:
    import sqlite3

    from crawler.extraction.article import Article

# What a flood of texts by one template can cost: rows read of a band, sketches and texts compared.
_MOST_IN_BAND: Final = 500
_MOST_SKETCHES: Final = 500
_MOST_TEXTS: Final = 50


class AlikeTexts:
    """The texts of an open database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, article: Article) -> int | None:
        """Return the id of an article's text; None: it is too short to be compared."""
        if article.content_hash is None:
            return None
        row = self._db.execute(
            "SELECT id FROM text WHERE hash = ?", (article.content_hash,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        words = wording(article.markdown)
        if len(words.runs) < FEWEST_RUNS:
            return None
        sketch = sketch_of(words.runs)
        found = self.like(words, sketch)
        (text,) = self._db.execute(
            "INSERT INTO text (hash, sketch) VALUES (?, ?) RETURNING id",
            (article.content_hash, sketch),
        ).fetchone()
        self._db.executemany(
            "INSERT OR IGNORE INTO band VALUES (?, ?)", [(band, text) for band in bands_of(sketch)]
        )
        pairs = [(text, other, similarity) for other, similarity in found]
        pairs += [(other, text, similarity) for other, similarity in found]
        self._db.executemany("INSERT INTO alike VALUES (?, ?, ?)", pairs)
        return int(text)

    def like(self, words: Wording, sketch: bytes) -> list[tuple[int, float]]:
        """Return the ids of the texts that one is a copy of, each with the similarity."""
        compared = (
            (text, likeness(words, wording(self._markdown(text))))
            for text in self._candidates(sketch)
        )
        return [(text, found.similarity) for text, found in compared if found.are_copies]

    def _candidates(self, sketch: bytes) -> list[int]:
        shared: Counter[int] = Counter()
        for band in bands_of(sketch):
            rows = self._db.execute(
                f"SELECT text_id FROM band WHERE hash = ? LIMIT {_MOST_IN_BAND}", (band,)
            )
            shared.update(text for (text,) in rows)
        first = sorted(shared, key=lambda text: (-shared[text], text))[:_MOST_SKETCHES]
        sketches = [
            (text, self._db.execute("SELECT sketch FROM text WHERE id = ?", (text,)).fetchone()[0])
            for text in first
        ]
        likely = [
            (-estimate(sketch, other), text)
            for text, other in sketches
            if may_resemble(sketch, other, LEAST_RESEMBLANCE)
        ]
        return [text for _, text in sorted(likely)[:_MOST_TEXTS]]

    def _markdown(self, text: int) -> str:
        row = self._db.execute(
            "SELECT held FROM source JOIN text_source ON source_id = id "
            "WHERE text_id = ? AND held IS NOT NULL LIMIT 1",
            (text,),
        ).fetchone()
        try:
            article = None if row is None else decode_visit(row[0]).article
        except DAMAGE:  # it is told, and made good, by who reads the source
            article = None
        return "" if article is None else article.markdown

    def forget_unheld(self, text: int) -> None:
        """Forget a text if no source holds it any more."""
        row = self._db.execute(
            "SELECT sketch FROM text WHERE id = ? "
            "AND NOT EXISTS (SELECT 1 FROM text_source WHERE text_id = text.id)",
            (text,),
        ).fetchone()
        if row is None:
            return
        others = self._db.execute("SELECT other_id FROM alike WHERE text_id = ?", (text,))
        pairs = [(other, text) for (other,) in others.fetchall()]
        self._db.executemany("DELETE FROM alike WHERE text_id = ? AND other_id = ?", pairs)
        self._db.execute("DELETE FROM alike WHERE text_id = ?", (text,))
        self._db.executemany(
            "DELETE FROM band WHERE hash = ? AND text_id = ?",
            [(band, text) for band in bands_of(row[0])],
        )
        self._db.execute("DELETE FROM text WHERE id = ?", (text,))
