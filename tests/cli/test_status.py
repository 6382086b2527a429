from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome


def test_status_counts_items_and_sources(command: Callable[..., Outcome], crawled: Any) -> None:
    outcome = command("status", crawled.items, "-o", crawled.output, "--json")
    assert outcome.code == 0
    assert outcome.json == {
        "items": {"known": 2, "changed": 0, "new": 0},
        "sources": {"due": 0, "held": {"ok": 2, "not-found": 1}},
    }


def test_status_tells_what_is_new_and_what_was_touched_and_changes_nothing(
    command: Callable[..., Outcome], crawled: Any, tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    shutil.copytree(crawled.items, items)
    shutil.copytree(crawled.output, output)
    with (items / "bridge.md").open("a") as file:
        file.write("My own words.\n")
    write_item(items, "new", original_url="http://new.example/a")
    before = {path: path.read_bytes() for path in output.rglob("*.md")}
    for _ in range(2):
        outcome = command("status", items, "-o", output, "--json")
        assert outcome.json["items"] == {"known": 1, "changed": 1, "new": 1}
    assert {path: path.read_bytes() for path in output.rglob("*.md")} == before


def test_status_of_some_items_counts_their_sources_only(
    command: Callable[..., Outcome], crawled: Any
) -> None:
    outcome = command("status", crawled.items / "bridge.md", "-o", crawled.output, "--json")
    assert outcome.json["items"] == {"known": 1, "changed": 0, "new": 0}
    assert outcome.json["sources"]["held"] == {"ok": 2}


def test_status_reads_as_a_table_and_a_line(command: Callable[..., Outcome], crawled: Any) -> None:
    lines = command("status", crawled.items, "-o", crawled.output).stdout.splitlines()
    cells = [re.split(r" {2,}", line.strip()) for line in lines]
    assert ["ok", "2"] in cells
    assert ["not-found", "1"] in cells
    assert lines[-1] == (
        "2 items as the ledger knows them, 0 touched since, 0 never read; 0 sources due"
    )


def test_status_of_a_folder_that_nothing_was_crawled_into_ends_with_2(
    command: Callable[..., Outcome], crawled: Any, tmp_path: Path
) -> None:
    outcome = command("status", crawled.items, "-o", tmp_path / "nothing")
    assert outcome.code == 2
    assert outcome.stderr == (
        f"crawler: {tmp_path / 'nothing'} has no ledger; nothing has been crawled into it\n"
    )
    assert not (tmp_path / "nothing").exists()


def test_status_of_a_path_that_is_missing_ends_with_2(
    command: Callable[..., Outcome], crawled: Any
) -> None:
    outcome = command("status", crawled.items / "nowhere", "-o", crawled.output)
    assert outcome.code == 2
    assert "nowhere: No such file or directory" in outcome.stderr
