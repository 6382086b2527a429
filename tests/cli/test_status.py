from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import LOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb


def test_status_counts_items_and_sources(command: Callable[..., Outcome], crawled: Any) -> None:
    outcome = command("status", crawled.items, "-o", crawled.output, "--json")
    assert outcome.code == 0
    run = outcome.json["lastRun"]
    assert (run["ended"], run["exitCode"]) == ("finished", 0)
    assert outcome.json == {
        "items": {"known": 2, "changed": 0, "new": 0, "gone": 0},
        "sources": {
            "due": 0,
            "held": {"ok": 2, "not-found": 1},
            "last": {"ok": 2, "not-found": 1},
        },
        "lastRun": run,
    }


def test_without_items_it_says_what_the_folder_knows_also_of_items_that_are_gone(
    command: Callable[..., Outcome], crawled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(crawled.output, tmp_path / "output")
    outcome = command("status", "-o", tmp_path / "output", "--json")
    assert outcome.json == command("status", crawled.items, "-o", crawled.output, "--json").json
    monkeypatch.setattr("crawler.cli.status._stamp", lambda _: None)
    told = command("status", "-o", tmp_path / "output")
    assert told.stdout.splitlines()[-1].startswith("0 items as the ledger knows them, 0 touched ")
    assert "2 gone" in told.stdout


def test_with_a_state_it_lists_the_sources_that_ended_so(
    command: Callable[..., Outcome], crawled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(crawled.items)
    words = ("-o", crawled.output, "--state", "not-found", "--state", "gone")
    file = (crawled.items / "sub/lost.md").read_text().splitlines()
    line = file.index(f'originalUrl: "{LOST}"') + 1
    for items in ((), (crawled.items,)):
        (row,) = command("status", *items, *words).stdout.splitlines()
        state, since, place, url = row.split("\t")
        assert (state, url) == ("not-found", LOST)
        assert place == f"{crawled.items / 'sub' if items else 'sub'}/lost.md:{line}"
        assert len(since) == len("2026-11-27")
    (link,) = command("status", *words, "--json").json["links"]
    assert (link["state"], link["url"]) == ("not-found", LOST)
    assert command("status", "-o", crawled.output, "--state", "parked").stdout == ""


def test_the_last_visit_counts_and_not_only_what_is_held(
    command: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    url = "http://news.example/a"
    write_item(tmp_path / "items", "a", original_url=url)
    words = (tmp_path / "items", "-o", tmp_path / "output")
    web.page(url, article_html())
    run_crawler("run", *words, web=web)
    web.page(url, status=410)
    run_crawler("run", *words, "--force", web=web)
    known = command("status", "-o", tmp_path / "output", "--json").json["sources"]
    assert (known["held"], known["last"]) == ({"ok": 1}, {"gone": 1})
    (row,) = command("status", *words, "--state", "gone").stdout.splitlines()
    assert row.endswith(url)
    assert command("status", *words, "--state", "ok").stdout == ""


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
        assert outcome.json["items"] == {"known": 1, "changed": 1, "new": 1, "gone": 0}
    assert {path: path.read_bytes() for path in output.rglob("*.md")} == before


def test_status_of_some_items_counts_their_sources_only(
    command: Callable[..., Outcome], crawled: Any
) -> None:
    outcome = command("status", crawled.items / "bridge.md", "-o", crawled.output, "--json")
    assert outcome.json["items"] == {"known": 1, "changed": 0, "new": 0, "gone": 0}
    assert outcome.json["sources"]["held"] == {"ok": 2}


def test_status_reads_as_a_table_and_a_line(command: Callable[..., Outcome], crawled: Any) -> None:
    lines = command("status", crawled.items, "-o", crawled.output).stdout.splitlines()
    cells = [re.split(r" {2,}", line.strip()) for line in lines]
    assert ["ok", "2", "2"] in cells
    assert ["not-found", "1", "1"] in cells
    assert lines[-2].startswith("last run: 2")
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
