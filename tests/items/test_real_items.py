"""Real item files, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.items.enrichment import insert_added_parts, remove_added_parts
from crawler.items.find import find_items
from crawler.items.item import parse_item, read_item

PROJECT = Path(__file__).parents[2]
CORPUS = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared") / "corpus").resolve()
BLOCK = "enrichment:\n  schema: 1\n  source:\n    state: ok\n"

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the shared corpus is absent: set CRAWLER_SHARED to its folder"
)


@pytest.mark.parametrize(("folder", "count"), [("real-items", 194), ("items", 61)])
@pytest.mark.parametrize("article", [None, ("https://a.example/", "# One\n\ntwo")])
def test_real_items_are_read_and_come_back_from_enrichment_byte_for_byte(
    folder: str, count: int, article: tuple[str, str] | None
) -> None:
    found = list(find_items([CORPUS / folder], exclude=None, on_problem=pytest.fail))
    assert len(found) == count
    for file in found:
        data = file.path.read_bytes()
        item = read_item(file.path)
        assert item.warnings == ()
        assert item.text.encode() == data
        enriched = insert_added_parts(item.text, BLOCK, article)
        assert remove_added_parts(enriched).encode() == data
        assert parse_item(enriched.encode(), file.path) == item
