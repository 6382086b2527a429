"""Topics and missing fields through whole runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb


def block_of(path: Path) -> dict[str, Any]:
    block: dict[str, Any] = yaml.safe_load(path.read_text().split("---\n")[1])["enrichment"]
    return block


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    folder = tmp_path / "topics"
    folder.mkdir()
    (folder / "bridges.yml").write_text("name: Bridges\nkeywords:\n  - footbridge\n")
    return folder


def test_a_change_of_the_topics_is_written_by_the_next_run_without_fetching(
    crawl: Callable[..., Outcome],
    add_item: Callable[..., Path],
    web: LocalWeb,
    output: Path,
    taxonomy: Path,
) -> None:
    add_item("a", excerpt=None)
    enriched = output / "items" / "a.md"
    assert crawl().code == 0
    assert not {"topics", "filled"} & block_of(enriched).keys()
    asked = len(web.requests)

    words = ("-s", f"CRAWLER_TOPICS={taxonomy}", "-s", "CRAWLER_FILL_IN=excerpt")
    assert crawl(*words).json["files"]["written"] == 1
    block = block_of(enriched)
    assert [topic["name"] for topic in block["topics"]] == ["Bridges"]
    assert block["filled"] == {"excerpt": "The council votes to repair two beams of seven."}

    (taxonomy / "weirs.yml").write_text("name: Weirs\nkeywords: [weir]\n")
    assert crawl(*words).json["files"]["written"] == 1
    assert [topic["name"] for topic in block_of(enriched)["topics"]] == ["Bridges", "Weirs"]
    assert crawl(*words).json["files"]["written"] == 0
    assert len(web.requests) == asked


def test_a_bad_taxonomy_ends_the_run_before_anything_is_asked_or_written(
    crawl: Callable[..., Outcome],
    add_item: Callable[..., Path],
    web: LocalWeb,
    output: Path,
    taxonomy: Path,
) -> None:
    add_item("a")
    (taxonomy / "bad.yml").write_text("slug: bad\n")
    outcome = crawl("-s", f"CRAWLER_TOPICS={taxonomy}")
    assert outcome.code == 2
    assert f"{taxonomy / 'bad.yml'}:1: name is missing" in outcome.stderr
    assert web.requests == []
    assert not output.exists()
