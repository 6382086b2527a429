"""The texts of sources in the ledger's SQLite file: which are alike, and which are copies.

A text is looked up by the bands of its minhash, so that it is compared with the few that may be
like it; what looks alike is compared by its words. Nothing here needs to be kept: it is made again
from the sources.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from crawler.duplicates import (
    FEWEST_RUNS,
    LEAST_RESEMBLANCE,
    Shingles,
    bands_of,
    estimate,
    index_version,
    may_resemble,
    minhash_of,
    shingles,
    similarity,
    text_rank,
)
from crawler.ledger.records import DAMAGE, Copies, Copy, decode_visit

if TYPE_CHECKING:
    import sqlite3

    from crawler.extraction.article import Article
    from crawler.ledger.records import SourceRecord
    from crawler.ledger.source_rows import SourceRows


# What a flood of texts by one template can cost: rows read of a band, minhashes and texts compared.
_MOST_IN_BAND: Final = 500
_MOST_SKETCHES: Final = 500
_MOST_TEXTS: Final = 50


class AlikeTexts:
    """The texts of an open database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, article: Article, source: int) -> int | None:
        """Return the id of the text that a source has now; None: it is too short to be compared."""
        if article.content_hash is None:
            return None
        row = self._db.execute(
            "SELECT id FROM text WHERE hash = ?", (article.content_hash,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        words = shingles(article.markdown)
        if len(words.runs) < FEWEST_RUNS:
            return None
        minhash = minhash_of(words.runs)
        found = self.like(words, minhash, besides=source)
        (text,) = self._db.execute(
            "INSERT INTO text (hash, minhash) VALUES (?, ?) RETURNING id",
            (article.content_hash, minhash),
        ).fetchone()
        self._db.executemany(
            "INSERT OR IGNORE INTO band VALUES (?, ?)", [(band, text) for band in bands_of(minhash)]
        )
        pairs = [(text, other, similarity) for other, similarity in found]
        pairs += [(other, text, similarity) for other, similarity in found]
        self._db.executemany("INSERT INTO alike VALUES (?, ?, ?)", pairs)
        return int(text)

    def like(self, words: Shingles, minhash: bytes, *, besides: int = 0) -> list[tuple[int, float]]:
        """Return the ids of the texts that one is a copy of, each with the similarity.

        Args:
            besides: a source whose text is not read: that it has this one now is not noted yet.
        """
        compared = (
            (text, similarity(words, shingles(self._markdown(text, besides))))
            for text in self._candidates(minhash)
        )
        return [(text, found.similarity) for text, found in compared if found.are_copies]

    def _candidates(self, minhash: bytes) -> list[int]:
        shared: Counter[int] = Counter()
        for band in bands_of(minhash):
            rows = self._db.execute(
                f"SELECT text_id FROM band WHERE hash = ? LIMIT {_MOST_IN_BAND}", (band,)
            )
            shared.update(text for (text,) in rows)
        first = sorted(shared, key=lambda text: (-shared[text], text))[:_MOST_SKETCHES]
        minhashes = [
            (text, self._db.execute("SELECT minhash FROM text WHERE id = ?", (text,)).fetchone()[0])
            for text in first
        ]
        likely = [
            (-estimate(minhash, other), text)
            for text, other in minhashes
            if may_resemble(minhash, other, LEAST_RESEMBLANCE)
        ]
        return [text for _, text in sorted(likely)[:_MOST_TEXTS]]

    def _markdown(self, text: int, besides: int) -> str:
        row = self._db.execute(
            "SELECT held FROM source JOIN text_source ON source_id = id "
            "WHERE text_id = ? AND source_id <> ? AND held IS NOT NULL LIMIT 1",
            (text, besides),
        ).fetchone()
        try:
            article = None if row is None else decode_visit(row[0]).article
        except DAMAGE:  # it is told, and made good, by who reads the source
            article = None
        return "" if article is None else article.markdown

    def forget_unheld(self, text: int) -> None:
        """Forget a text if no source holds it any more."""
        row = self._db.execute(
            "SELECT minhash FROM text WHERE id = ? "
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


_OFF: Final = "off"
_MOST_TOLD: Final = 20  # copies of one text
_MOST_ALIKE: Final = 500  # texts to choose these from, in a flood of texts by one template
_DERIVED: Final = ("text_index", "text_source", "alike", "band", "text", "touched")
# In the run's own connection: texts whose copies have changed while it went on.
_TOUCHED: Final = "CREATE TEMP TABLE touched (text_id INTEGER PRIMARY KEY)"

# The text of a source, where another source holds it, too, or one like it; most have none of these.
_SHARED: Final = """
SELECT source_id, text_id, text_rank, url FROM text_source own
WHERE source_id = (SELECT id FROM source WHERE key = ?) AND (
    EXISTS (SELECT 1 FROM alike WHERE alike.text_id = own.text_id)
    OR EXISTS (
        SELECT 1 FROM text_source o WHERE o.text_id = own.text_id AND o.source_id <> own.source_id
    )
)
"""


class CopyRows:
    """The copies in an open database; methods as in `crawler.ledger.ledger.Ledger`."""

    def __init__(self, db: sqlite3.Connection, sources: SourceRows) -> None:
        self._db = db
        self._sources = sources
        self._texts = AlikeTexts(db)
        db.execute(_TOUCHED)
        self._is_on = self._index_version() == index_version()

    def _index_version(self) -> str | None:
        row = self._db.execute("SELECT index_version FROM text_index").fetchone()
        return None if row is None else row[0]

    def prepare(self, *, wanted: bool) -> None:
        """Forget all that is known of copies where it was found another way than is wanted."""
        now = index_version() if wanted else _OFF
        if self._index_version() != now:
            for table in _DERIVED:
                self._db.execute(f"DELETE FROM {table}")
            done_to = 0 if wanted else None
            self._db.execute("INSERT INTO text_index VALUES (?, ?)", (now, done_to))
        self._is_on = wanted

    def catch_up(self, count: int) -> bool:
        """Look at up to `count` sources that were visited earlier; False: none is left."""
        (done_to,) = self._db.execute("SELECT done_to FROM text_index").fetchone()
        if done_to is None:
            return False
        rows = self._db.execute(
            "SELECT id, key FROM source WHERE id > ? "
            "AND held_state IN ('ok', 'archived', 'paywalled') ORDER BY id LIMIT ?",
            (done_to, count),
        ).fetchall()
        for _, key in rows:
            record = self._sources.get(key)
            assert record is not None
            self.note(record)
        done_to = rows[-1][0] if rows else None
        self._db.execute("UPDATE text_index SET done_to = ?", (done_to,))
        self._db.execute("DELETE FROM touched")  # of what an earlier run settled
        return bool(rows)

    def note(self, record: SourceRecord) -> None:
        """Take in what a source holds now."""
        if not self._is_on:
            return
        (source,) = self._db.execute(
            "SELECT id FROM source WHERE key = ?", (record.key,)
        ).fetchone()
        before = self._db.execute(
            "SELECT text_id, text_rank, url FROM text_source WHERE source_id = ?", (source,)
        ).fetchone()
        now = self._row(source, record)
        if before == now:
            return
        if before is not None:
            self._touch(before[0])
        if now is None:
            self._db.execute("DELETE FROM text_source WHERE source_id = ?", (source,))
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO text_source VALUES (?, ?, ?, ?)", (source, *now)
            )
            self._touch(now[0])
        if before is not None and (now is None or now[0] != before[0]):
            self._texts.forget_unheld(before[0])

    def _row(self, source: int, record: SourceRecord) -> tuple[int, str, str] | None:
        held = record.held
        if held is None or held.article is None or not held.state.has_text:
            return None
        text = self._texts.put(held.article, source)
        return None if text is None else (text, text_rank(record), held.attempt.url)

    def _touch(self, text: int) -> None:
        """Note that others who hold this text, or one like it, may have other copies now."""
        self._db.execute(
            "INSERT OR IGNORE INTO touched SELECT other_id FROM alike WHERE text_id = :text "
            "UNION SELECT text_id FROM (SELECT text_id FROM text_source WHERE text_id = :text "
            "LIMIT 2) GROUP BY text_id HAVING count(*) > 1",
            {"text": text},
        )

    def of(self, key: str) -> Copies | None:
        """Which other sources hold the text of this one; None: none does."""
        row = self._db.execute(_SHARED, (key,)).fetchone()
        if row is None:
            return None
        source, text, own_text_rank, own_url = row
        alike = self._db.execute(
            f"SELECT other_id, similarity FROM alike WHERE text_id = ? LIMIT {_MOST_ALIKE}",
            (text,),
        ).fetchall()
        found: dict[str, tuple[str, float]] = {}
        for other, resemblance in [(text, 1.0), *alike]:
            rows = self._db.execute(
                # A source that no item names any more is nobody's copy.
                "SELECT url, text_rank FROM text_source WHERE text_id = ? AND source_id <> ? "
                "AND url <> ? "
                "AND EXISTS (SELECT 1 FROM mention m WHERE m.source_id = text_source.source_id) "
                f"ORDER BY text_rank LIMIT {_MOST_TOLD}",
                (other, source, own_url),
            )
            for url, rank in rows:  # two sources may have come by one URL
                found[url] = min(found.get(url, (rank, resemblance)), (rank, resemblance))
        if not found:
            return None
        ranked = sorted((rank, url, resemblance) for url, (rank, resemblance) in found.items())
        best = ranked[0][1] if ranked[0][0] < own_text_rank else None
        return Copies(best, tuple(Copy(url, share) for _, url, share in ranked[:_MOST_TOLD]))

    def touched_items(self, after: int, count: int) -> list[int]:
        """Return ids, above `after`, of up to `count` selected items whose copies changed."""
        rows = self._db.execute(
            "SELECT item_id FROM selected WHERE item_id > ? AND EXISTS (SELECT 1 FROM mention "
            "JOIN text_source USING (source_id) JOIN touched USING (text_id) "
            "WHERE mention.item_id = selected.item_id) ORDER BY item_id LIMIT ?",
            (after, count),
        )
        return [row[0] for row in rows]
