"""How good text and fields are on real pages, where they are at hand.

The definitions are those of the corpus' own scorer: for a body, a page is a bag of shingles of
four words; precision and recall are averaged over the pages; F1 is that of the two averages.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SHARED = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared")).resolve()
CORPUS, SCORER = SHARED / "corpus", SHARED / "tools" / "score_articles.py"
FLOORS = Path(__file__).with_name("quality_floors.toml")

needs_corpus = pytest.mark.skipif(
    not (CORPUS.is_dir() and SCORER.is_file()),
    reason="the shared corpus is absent: set CRAWLER_SHARED to its folder",
)


@pytest.fixture(scope="module")
def reached() -> dict[str, float | None]:
    """The numbers of all columns of the benchmark, by the names of the floors."""
    pytest.importorskip("warcio")
    from tests.benchmarks import quality  # noqa: PLC0415 - needs what the tests can do without

    pages = quality.read_pages(CORPUS)
    rows = {
        name: [
            quality.of_article(quality.our_article(page)) | {"id": page.gold["id"]}
            for page in pages[name]
        ]
        for name in quality.SETS
    }
    empty = [row["id"] for name in quality.SETS for row in rows[name] if not row["body"]]
    assert empty == []
    return quality.scores(quality.load_scorer(SCORER), pages, rows)


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("column", "floor"), tomllib.loads(FLOORS.read_text("utf-8")).items())
def test_text_and_fields_are_as_good_as_they_were(
    reached: dict[str, float | None], column: str, floor: float
) -> None:
    value = reached[column]
    assert value is not None
    assert value >= floor


@needs_corpus
@pytest.mark.slow
def test_every_number_has_a_floor(reached: dict[str, float | None]) -> None:
    assert set(tomllib.loads(FLOORS.read_text("utf-8"))) == set(reached)
