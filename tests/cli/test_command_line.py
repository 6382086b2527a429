"""What all commands have in common: help, versions, errors, quiet, logs, completion, the manual."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler import __version__
from crawler.states import State
from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://a-rather-long-name-of-a-site.example/bridge"
LOST = "http://other.example/lost"
EMPTY_FOLDER = "there is no item below"


@pytest.fixture
def items(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    write_item(tmp_path / "items", "a", original_url=NEWS, related=[LOST])
    return tmp_path / "items"


@pytest.fixture
def crawl(
    run_crawler: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> Callable[..., Outcome]:
    """`crawler run` with further words, on a web with one article and a lost page."""
    web.page(NEWS, article_html())

    def run(*words: object, **more: Any) -> Outcome:
        return run_crawler("run", items, "-o", tmp_path / "out", *words, web=web, **more)

    return run


def test_the_version_is_an_option(command: Callable[..., Outcome]) -> None:
    assert command("--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize("words", [(), ("run",), ("discover",), ("discover", "feeds"), ("try",)])
def test_h_is_help_everywhere(command: Callable[..., Outcome], words: tuple[str, ...]) -> None:
    short, long = command(*words, "-h"), command(*words, "--help")
    assert (short.code, short.stdout) == (0, long.stdout)
    assert "Usage: " in short.stdout


def test_the_help_of_retry_names_the_states(command: Callable[..., Outcome]) -> None:
    told = " ".join(re.sub(r"[│\s]+", " ", command("run", "--help").stdout).split())
    for state in State:
        assert state in told


def test_a_quiet_run_tells_of_errors_alone(crawl: Callable[..., Outcome], items: Path) -> None:
    outcome = crawl("--quiet")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "", "")
    (items / "bad.md").write_text("---\n[\n---\n")
    outcome = crawl("-q")
    assert outcome.code == 3
    assert (outcome.stdout, len(outcome.stderr.splitlines())) == ("", 1)
    assert "bad.md:3: not valid YAML" in outcome.stderr


def test_quiet_keeps_what_is_asked_for(crawl: Callable[..., Outcome]) -> None:
    assert crawl("--quiet", "--json").json["sources"]["visited"] == {"ok": 1, "not-found": 1}


def test_a_log_for_machines_has_begin_and_end_and_nothing_else(
    crawl: Callable[..., Outcome],
) -> None:
    outcome = crawl("--log-format", "json", "--json")
    lines = [json.loads(line) for line in outcome.stderr.splitlines()]
    assert [line["event"] for line in lines if line.get("event") in {"begun", "ended"}] == [
        "begun",
        "ended",
    ]
    (ended,) = [line for line in lines if line.get("event") == "ended"]
    assert (ended["ended"], ended["visited"], ended["written"]) == ("finished", 2, 1)
    assert lines[0]["event"] == "begun"
    assert lines[-1] is ended or lines[-1]["event"] == "ended"
    assert outcome.json["ended"] == "finished"


@pytest.mark.parametrize("words", [("demo",), ("try", NEWS)])
def test_every_command_that_crawls_can_log_for_machines(
    words: tuple[str, ...],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    web.page(NEWS, article_html())
    more = () if words[0] == "try" else ("-o", tmp_path / "out")
    outcome = run_crawler(*words, *more, "--log-format=json", web=web)
    assert outcome.code == 0, outcome.stderr
    for line in outcome.stderr.splitlines():
        assert json.loads(line)["dateTime"]


def test_a_log_file_has_begin_and_end(crawl: Callable[..., Outcome], tmp_path: Path) -> None:
    outcome = crawl(settings={"LOG_FILE": tmp_path / "log"})
    assert outcome.stderr == ""
    lines = (tmp_path / "log").read_text().splitlines()
    assert "a run begins: " in lines[0]
    assert re.search(
        r"a run ends after [\d.]+ s: 1 items, 2 of 2 due sources visited, 1 written \(finished\)",
        lines[-1],
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "{tmp}/none"), "{tmp}/none"),
        (("run", "{tmp}/empty"), EMPTY_FOLDER),
        (("run", "{tmp}/empty", "--log-format=json"), EMPTY_FOLDER),
        (("status", "{tmp}/empty"), "has no ledger"),
        (("explain", "{tmp}/none"), "has no ledger"),
        (("clean", "{tmp}/empty"), "has no ledger"),
        (("strip", "{tmp}/none"), "{tmp}/none"),
    ],
)
def test_what_cannot_be_done_is_an_object_too_where_one_is_asked_for(
    words: tuple[str, ...], said: str, run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    asked = [word.format(tmp=tmp_path) for word in words]
    outcome = run_crawler(*asked, "-o", tmp_path / "out", "--json")
    assert outcome.code == 2
    assert outcome.json["exitCode"] == 2
    assert said.format(tmp=tmp_path) in outcome.json["error"]
    assert said.format(tmp=tmp_path) in outcome.stderr


def test_errors_of_the_system_are_in_words(
    run_crawler: Callable[..., Outcome], items: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = run_crawler("watch", items, "-o", tmp_path / "out", "--http", port)
    assert busy.code == 2
    assert "address already in use" in busy.stderr
    (tmp_path / "file").write_text("")
    none = run_crawler("run", items, "-o", tmp_path / "file")
    assert none.code == 2
    listed = run_crawler("run", items, "-o", tmp_path / "out", "--files-from", tmp_path / "none")
    assert f"crawler: {tmp_path / 'none'}: no such file or directory" in listed.stderr
    assert "Errno" not in busy.stderr + none.stderr + listed.stderr


@pytest.mark.parametrize("words", [("run",), ("status",), ("explain",), ("settings",)])
def test_tables_fit_a_terminal_of_40_columns_and_lose_nothing(
    words: tuple[str, ...],
    crawl: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ran = crawl()
    about = {"status": items, "explain": items / "a.md"}.get(words[0])
    told = ran
    if words != ("run",):
        more = () if about is None else (about, "-o", tmp_path / "out")
        told = run_crawler(*words, *more)
    rule = re.compile(r"^ ─+ *$")
    lines = told.stdout.splitlines()
    tables = [number for number, line in enumerate(lines) if rule.match(line)]
    assert tables
    assert all(len(lines[number]) <= 40 for number in tables)
    assert "…" not in told.stdout
    if words == ("run",):
        hosts = told.stdout.partition("slowest hosts")[2].partition("failing hosts")[0]
        parts = [line.split(" ")[1] for line in hosts.splitlines() if line.startswith(" ")]
        assert "a-rather-long-name-of-a-site.example" in "".join(parts)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("crawler ru", "run"), ("crawler run --retry soft", "soft-404"), ("crawler wat", "watch")],
)
def test_a_shell_completes_commands_and_states(typed: str, expected: str) -> None:
    words = typed.split(" ")
    done = subprocess.run(
        [Path(sys.executable).with_name("crawler")],
        env=environment()
        | {
            "_CRAWLER_COMPLETE": "complete_bash",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert expected in done.stdout.split()


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed (man-db)")
def test_the_manual_is_one_that_man_shows_without_a_warning(
    command: Callable[..., Outcome], tmp_path: Path
) -> None:
    page = tmp_path / "crawler.1"
    page.write_text(command("man").stdout)
    done = subprocess.run(
        ["man", "--warnings", "-l", page],
        env=os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANROFFOPT": "-c"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    text = re.sub(r".\x08", "", done.stdout)
    assert "crawler - Follows the links of front-matter news items" in text
    for said in (
        "crawler discover feeds [OPTION]... URL...",
        "--changed-since GIT_REV",
        "soft-404",
    ):
        assert said in text
