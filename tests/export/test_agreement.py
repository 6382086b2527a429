"""Exports say what the files say, field by field, whoever reads them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from crawler.cli.export import write_tables
from crawler.export.rows import EnrichedFolders, columns_of
from crawler.export.tables import TableFormat
from crawler.output.layout import Layout
from tests.export import agreement
from tests.web.replayed_web import CORPUS, needs_corpus, replayed_web

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

pytestmark = pytest.mark.xdist_group("heavy")


def check(folders: EnrichedFolders, to: Path, expected: dict[str, agreement.Rows]) -> None:
    """Export in each format, and compare what other programs read with what is expected."""
    for kind in TableFormat:
        report = write_tables(folders, to, kind)
        assert report.invalid == []
    for table in ("articles", "links"):
        types = columns_of(table)
        found = {
            "JSON lines": agreement.read_jsonl(to / f"{table}.jsonl"),
            "JSON lines by DuckDB": agreement.read_by_duckdb(to / f"{table}.jsonl"),
            "Parquet": agreement.read_parquet(to / f"{table}.parquet"),
            "Parquet by DuckDB": agreement.read_by_duckdb(to / f"{table}.parquet"),
            "CSV": agreement.read_csv(to / f"{table}.csv", types),
        }
        for reader, rows in found.items():
            told = agreement.in_order(agreement.without_nulls(rows))
            assert told == expected[table], reader
        assert parquet.read_schema(to / f"{table}.parquet").names == list(types)
        assert all(list(row) == list(types) for row in found["JSON lines"])


@pytest.mark.parametrize("in_place", [False, True])
def test_exports_of_a_crawl_say_what_its_files_say(
    in_place: bool,
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> None:
    items, output, topics = tmp_path / "in", tmp_path / "out", tmp_path / "topics"
    site = "http://news.example"
    paragraphs = ["=1+1 is what the council of Upper Mill paid.", "- one, “two”; three\n" * 20]
    web.page(f"{site}/a", article_html(title="=HYPERLINK(1)", paragraphs=paragraphs * 3))
    web.page(f"{site}/b", article_html(image=f"{site}/b.png", free_to_read=False))
    web.page(f"{site}/copy", article_html(published="2024-05-15"))
    write_item(items, "a", original_url=f"{site}/a", related=[f"{site}/b", f"{site}/gone"])
    write_item(items, "sub/b", original_url=f"{site}/b", related=[f"{site}/copy"], crlf=True)
    write_item(items, "video", original_url=f"{site}/copy", type="video", excerpt=None)
    topics.mkdir()
    (topics / "mills.yml").write_text("name: Mills\nkeywords: [Upper Mill, council]\n")
    words = ("run", items, "-o", output, *(["--in-place"] if in_place else []))
    settings = {"CRAWLER_TOPICS": topics, "CRAWLER_FILL_IN": "all"}
    assert run_crawler(*words, web=web, settings=settings).code == 0
    where = items if in_place else output / "items"
    prefix = "" if in_place else "items/"
    expected = agreement.rows_of_files(where, output / "sources", prefix=prefix)
    assert {key for rows in expected.values() for row in rows for key in row} >= {
        *("cluster", "topics", "filled", "conflicts", "duplicateOf", "images", "text", "position"),
        *("isAccessibleForFree", "httpStatus", "webUrl"),
    }
    check(EnrichedFolders(Layout(output), [items] if in_place else []), tmp_path / "to", expected)


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_exports_of_the_corpus_say_what_its_files_say(
    tmp_path: Path, run_crawler: Callable[..., Outcome]
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    items.mkdir()
    for path in (CORPUS / "items").rglob("*.md"):
        shutil.copyfile(path, items / path.name)
    settings = {"CRAWLER_CONTACT": "https://crawler.example/", "CRAWLER_FILL_IN": "all"}
    with replayed_web(tmp_path) as web:
        run_crawler("run", items, "-o", output, web=web, settings=settings, seconds=500)
    expected = agreement.rows_of_files(output / "items", output / "sources")
    assert len(expected["articles"]) > 100
    check(EnrichedFolders(Layout(output)), tmp_path / "to", expected)
