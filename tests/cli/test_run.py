from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
OTHER = "http://other.example/market"
LOST = "http://other.example/lost"


@pytest.fixture
def items(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    folder = tmp_path / "items"
    write_item(folder, "a", original_url=NEWS, related=[OTHER])
    write_item(folder, "sub/b", original_url=LOST)
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.md"))


def test_a_dry_run_says_what_is_due_and_why(
    command: Callable[..., Outcome], items: Path, output: Path
) -> None:
    outcome = command("run", items, "-o", output, "--dry-run")
    assert outcome.code == 0
    assert outcome.stdout == f"new\t{NEWS}\nnew\t{OTHER}\nnew\t{LOST}\n"
    assert files(output) == []


def test_a_dry_run_as_json_has_every_url_of_a_source(
    command: Callable[..., Outcome], items: Path, output: Path, write_item: Callable[..., Path]
) -> None:
    amp = "http://news.example/amp/bridge"
    write_item(items, "a", original_url=NEWS, ampWebUrl=amp)
    outcome = command("run", items, "-o", output, "--dry-run", "--json")
    assert outcome.json == [
        {"reason": "new", "urls": [NEWS, amp]},
        {"reason": "new", "urls": [LOST]},
    ]


def test_a_dry_run_of_nothing_is_an_empty_list(
    command: Callable[..., Outcome], tmp_path: Path, output: Path
) -> None:
    (tmp_path / "empty").mkdir()
    words = ("run", tmp_path / "empty", "-o", output, "--dry-run", "--json")
    outcome = command(*words, "--allow-empty")
    assert (outcome.code, outcome.json) == (0, [])


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--force",)])
def test_a_folder_without_an_item_ends_with_2_and_loses_nothing(
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    more: tuple[str, ...],
) -> None:
    web.page(NEWS, article_html())
    assert run_crawler("run", items, "-o", output, web=web).code == 0
    written = {path: path.read_bytes() for path in output.rglob("*.md")}
    assert written
    away = items.with_name("away")
    items.rename(away)
    items.mkdir()  # where a disk is not mounted, say
    outcome = run_crawler("run", items, "-o", output, *more, web=web)
    assert outcome.code == 2
    assert f"there is no item below {items}; --allow-empty lets that be" in outcome.stderr
    assert run_crawler("run", items, "-o", output, "--allow-empty", web=web).code == 0
    items.rmdir()
    away.rename(items)
    again = run_crawler("run", items, "-o", output, "--json", web=web)
    assert (again.code, again.json["sources"]["visited"]) == (0, {})
    assert {path: path.read_bytes() for path in output.rglob("*.md")} == written


def test_globs_that_match_nothing_end_with_2_and_name_them(
    run_crawler: Callable[..., Outcome], items: Path, output: Path, web: LocalWeb
) -> None:
    outcome = run_crawler("run", items, "-o", output, "--only", "2025/*", "--only", "x*", web=web)
    assert outcome.code == 2
    assert f"no item below {items} is like 2025/*, x*" in outcome.stderr


def test_an_empty_list_of_files_is_nothing_to_do(
    run_crawler: Callable[..., Outcome], items: Path, output: Path, tmp_path: Path, web: LocalWeb
) -> None:
    (tmp_path / "list").write_text("")
    words = ("--files-from", tmp_path / "list", "--only", "x*")
    assert run_crawler("run", items, "-o", output, *words, web=web).code == 0


def test_a_dry_run_names_invalid_items_and_ends_with_3(
    command: Callable[..., Outcome], items: Path, output: Path
) -> None:
    bad = items / "[bold]bad.md"
    bad.write_text("---\ntitle: a\n---\n")
    outcome = command("run", items, "-o", output, "--dry-run")
    assert outcome.code == 3
    assert outcome.stderr.startswith(f"{bad}:1: ")
    assert len(outcome.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["--only", "sub/*"], [LOST]),
        (["--only", "a.md", "--only", "b.md"], [NEWS, OTHER, LOST]),
        (["--limit", "1"], [NEWS, OTHER]),
        (["--only", "nothing"], []),
    ],
)
def test_a_run_may_be_of_some_items_only(
    command: Callable[..., Outcome], items: Path, output: Path, words: list[str], due: list[str]
) -> None:
    outcome = command("run", items, "-o", output, "--dry-run", *words)
    assert [line.partition("\t")[2] for line in outcome.stdout.splitlines()] == due


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["-s", "DOWNLOAD_DELAY"], "'DOWNLOAD_DELAY' is not NAME=VALUE"),
        (["-s", "=1"], "'=1' is not NAME=VALUE"),
        (["--retry", "lost"], "there is no state 'lost'; the states are ok, not-modified, "),
        (["--limit", "0"], "limit"),
        (["--older-than", "soon"], "older_than: 'soon' is not a span of time such as 30m"),
        (["-s", "CRAWLER_REVISIT_OLD=x"], "CRAWLER_REVISIT_OLD: 'x' is not a span of time"),
        (["--limit", "many"], "limit"),
        (["--dry-run", "nowhere"], "nowhere: No such file or directory"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_use_that_makes_no_sense_ends_with_2_and_its_reason(
    command: Callable[..., Outcome], items: Path, output: Path, words: list[str], reason: str
) -> None:
    outcome = command("run", items, "-o", output, *words)
    assert outcome.code == 2
    assert reason in outcome.stderr
    assert outcome.stdout == ""
    assert not (output / "items").exists()


def test_a_run_without_items_ends_with_2(command: Callable[..., Outcome]) -> None:
    outcome = command("run")
    assert outcome.code == 2
    assert "items" in outcome.stderr.lower()


def test_a_crawl_of_a_path_that_is_missing_ends_with_2(
    run_crawler: Callable[..., Outcome], tmp_path: Path, output: Path, web: LocalWeb
) -> None:
    outcome = run_crawler("run", tmp_path / "nowhere", "-o", output, web=web)
    assert outcome.code == 2
    assert outcome.stderr.splitlines()[-1] == (
        f"crawler: {tmp_path / 'nowhere'}: No such file or directory"
    )
    assert "Traceback" not in outcome.stderr
    assert outcome.stdout == ""
    assert web.requests == []


def test_limit_retry_and_force_choose_what_is_fetched(
    run_crawler: Callable[..., Outcome],
    command: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))

    def due(*words: str) -> list[list[str]]:
        planned = command("run", items, "-o", output, "--dry-run", *words).stdout
        return [line.split("\t") for line in planned.splitlines()]

    first = run_crawler("run", items, "-o", output, "--json", "--only", "a.md", web=web)
    assert first.code == 0
    assert first.json["items"] == {"selected": 1, "changed": 1, "invalid": 0}
    assert web.count(LOST) == 0
    assert due("--limit", "5") == [["new", LOST]]

    second = run_crawler("run", items, "-o", output, "--json", "--limit", "1", web=web)
    assert second.code == 0
    assert second.json["sources"]["visited"] == {"not-found": 1}
    assert due() == []
    assert due("--retry", "gone") == []
    assert due("--retry", "gone", "--retry", "not-found") == [["was not-found", LOST]]
    assert sorted(due("--force")) == [["forced", NEWS], ["forced", LOST], ["forced", OTHER]]

    web.forget()
    web.page(LOST, article_html(title="Found again"))
    words = ("--retry", "not-found", "--only", "b.md")
    third = run_crawler("run", items, "-o", output, "--json", *words, web=web)
    assert third.code == 0
    assert [r.url for r in web.requests if not r.url.endswith("/robots.txt")] == [LOST]
    assert json.loads(third.stdout)["files"] == {"written": 1, "unchanged": 0, "failed": 0}


def test_a_repository_whose_items_were_crawled_by_their_folder_gets_no_second_files(
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    write_item(tmp_path / "_news", "2024/a", original_url=NEWS, related=[OTHER])
    write_item(tmp_path / "_news", "b", original_url=OTHER)
    run_crawler("run", "_news", web=web, cwd=tmp_path)
    written = {path: path.read_bytes() for path in (tmp_path / "output").rglob("*.md")}
    assert len(written) == 2
    for lost in (False, True):
        if lost:
            for file in (tmp_path / "output/.crawler").glob("ledger*"):
                file.unlink()
        for items in (".", "_news/2024", "_news"):
            again = run_crawler("run", items, "--json", web=web, cwd=tmp_path)
            assert again.code == 0, again.stderr
            assert again.json["files"]["written"] == 0
            now = {path: path.read_bytes() for path in (tmp_path / "output").rglob("*.md")}
            assert now == written
