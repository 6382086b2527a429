"""`--files-from`, `--changed-since`, `--log-format` and the log of runs, as a user meets them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import arguments, environment
from tests.web.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
OTHER = "http://other.example/market"
LOST = "http://other.example/lost"


@pytest.fixture
def repository(tmp_path: Path, write_item: Callable[..., Path]) -> Repository:
    repository = Repository.create(tmp_path / "site")
    write_item(repository.path / "items", "a", original_url=NEWS)
    write_item(repository.path / "items", "sub/b", original_url=OTHER)
    repository.commit("first")
    return repository


@pytest.fixture
def items(repository: Repository) -> Path:
    return repository.path / "items"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def due(outcome: Outcome) -> list[str]:
    assert outcome.code == 0, outcome.stderr
    return [line.partition("\t")[2] for line in outcome.stdout.splitlines()]


def test_a_run_may_be_of_what_a_push_brought(
    command: Callable[..., Outcome],
    repository: Repository,
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    before = repository.head()
    write_item(items, "sub/c d", original_url=LOST)
    repository.commit("second")
    words = ("run", items, "-o", output, "--dry-run", "--changed-since")
    assert due(command(*words, before)) == [LOST]
    assert due(command(*words, "HEAD")) == []
    assert due(command(*words, "0" * 40)) == [LOST, NEWS, OTHER]


@pytest.mark.parametrize("ends", ["\0", "\n"])
def test_a_file_may_list_the_items(
    command: Callable[..., Outcome], items: Path, output: Path, tmp_path: Path, ends: str
) -> None:
    listed = tmp_path / "list"
    listed.write_text(f"{items}/sub/b.md{ends}{items}/gone.md{ends}")
    words = ("run", items, "-o", output, "--dry-run", "--files-from", listed)
    assert due(command(*words)) == [OTHER]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--changed-since", "nowhere"], "Git knows no revision 'nowhere'"),
        (["--files-from", "/no/list"], "No such file"),
        (["--files-from", "-", "--changed-since", "HEAD"], "do not go together"),
    ],
)
def test_a_selection_that_cannot_be_made_ends_with_2(
    command: Callable[..., Outcome], items: Path, output: Path, words: list[str], reason: str
) -> None:
    outcome = command("run", items, "-o", output, *words)
    assert outcome.code == 2
    assert reason in outcome.stderr
    assert not output.exists()


def test_the_log_for_machines_has_a_visit_a_line_and_each_run_a_record(
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    write_item(items, "lost", original_url=LOST)

    def crawl(files: str, *words: str) -> tuple[int, list[Any]]:
        command = arguments("run", items, "-o", output, "--log-format", "json", *words)
        done = subprocess.run(
            [*command, "--files-from=-"],
            env=environment(web),
            input=files,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]

    code, log = crawl(f"{items}/a.md\0{items}/lost.md\0")
    assert code == 1
    assert {(line["state"], line["url"]) for line in log if line.get("event") == "visited"} == {
        ("ok", NEWS),
        ("not-found", LOST),
    }
    assert web.count(OTHER) == 0

    code, log = crawl("", "--set=CRAWLER_REVISIT_OLD=soon")
    assert (code, len(log)) == (2, 1)
    assert (log[0]["event"], log[0]["level"]) == ("failed", "error")
    assert "CRAWLER_REVISIT_OLD" in log[0]["message"]

    code, log = crawl(f"{items}/a.md\n")
    assert code == 0
    runs = [json.loads(line) for line in (output / ".crawler/runs.jsonl").read_text().splitlines()]
    assert [run["exitCode"] for run in runs] == [1, 0]
    assert runs[0]["sources"]["visited"] == {"ok": 1, "not-found": 1}
    assert runs[0]["options"] == {"paths": [str(items)], "pathCount": 1, "fileCount": 2}
    assert runs[1]["sources"]["due"] == 0
