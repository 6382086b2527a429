"""A run whose extraction workers cannot be started ends soon, and says why."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.web.command import Outcome, arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb

SOURCES = [f"http://site{number}.example/a" for number in range(4)]
COMMAND = "import sys; sys.executable = sys.argv.pop(1); from crawler.__main__ import main; main()"


@pytest.fixture
def items(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> Path:
    for number, url in enumerate(SOURCES):
        web.page(url, article_html(title=f"Story {number}"))
        write_item(tmp_path / "items", f"n{number}", original_url=url)
    return tmp_path / "items"


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., Path]:
    """Make a Python for the workers that is a script of the shell."""

    def make(script: str, *, mode: int = 0o755) -> Path:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(mode)
        return path

    return make


def begin(python: Path, web: LocalWeb, *words: object, workers: int = 2) -> subprocess.Popen[str]:
    _, _, _, *rest = arguments(*words, settings={"CRAWLER_EXTRACTION_WORKERS": workers})
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(python), *rest],
        env=environment(web),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Outcome:
    with process:
        try:
            stdout, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    return Outcome(process.returncode, stdout, stderr)


def last_run(output: Path) -> dict[str, object]:
    lines = (output / ".crawler" / "runs.jsonl").read_text().splitlines()
    told: dict[str, object] = json.loads(lines[-1])
    return told


@pytest.mark.parametrize(
    ("script", "mode", "told"),
    [
        ("", 0o644, "[Errno 13] Permission denied: '{python}'"),
        ("echo ImportError: no lxml >&2; exit 1", 0o755, "exit status 1: ImportError: no lxml"),
    ],
)
def test_a_run_without_a_worker_ends_with_one_line_and_its_sources_stay_due(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    python: Callable[..., Path],
    script: str,
    mode: int,
    told: str,
) -> None:
    output, broken = tmp_path / "output", python(script, mode=mode)

    run = ended(begin(broken, web, "run", items, "-o", output))

    assert run.code == 2
    about = [line for line in run.stderr.splitlines() if "extraction worker" in line]
    assert len(about) == 1, run.stderr
    assert about[0].startswith("crawler: no extraction worker can be started: ")
    assert about[0].endswith(told.format(python=broken))
    assert len(run.stderr) < 2_000
    assert last_run(output)["exitCode"] == 2
    assert not list(output.rglob("*.md"))

    after = run_crawler("run", items, "-o", output, "--json", web=web)

    assert after.code == 0, after.stderr
    assert after.json["sources"]["visited"] == {"ok": len(SOURCES)}


def test_it_does_not_wait_for_pages_that_are_on_their_way(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    python: Callable[..., Path],
) -> None:
    web.page("http://slow.example/a", article_html(), delay=50)
    write_item(items, "slow", original_url="http://slow.example/a")
    began = time.monotonic()

    run = ended(begin(python("exit 1"), web, "run", items, "-o", tmp_path / "output"))

    assert run.code == 2
    assert time.monotonic() - began < 15


def test_workers_that_start_at_the_third_try_cost_nothing(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    python: Callable[..., Path],
) -> None:
    starts = tmp_path / "starts"
    third = f'echo >> {starts}; [ $(wc -l < {starts}) -gt 2 ] || exit 1; exec {sys.executable} "$@"'
    words = ("run", items, "-o", tmp_path / "output", "--json")

    run = ended(begin(python(third), web, *words, workers=1))

    assert run.code == 0, run.stderr
    assert run.json["sources"]["visited"] == {"ok": len(SOURCES)}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60"])
def test_a_run_whose_workers_do_not_start_can_be_stopped(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    python: Callable[..., Path],
    script: str,
    signum: signal.Signals,
) -> None:
    output, starts = tmp_path / "output", tmp_path / "starts"
    waiting = python(f"echo >> {starts}; {script}")
    process = begin(waiting, web, "run", items, "-o", output)
    deadline = time.monotonic() + 30
    while not starts.exists() or web.count(SOURCES[-1]) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    process.send_signal(signum)
    began = time.monotonic()
    run = ended(process)

    assert run.code == 130, run.stderr
    assert time.monotonic() - began < 20
    assert last_run(output)["ended"] == "interrupted"


def test_a_single_page_without_a_worker_is_told_as_well(
    tmp_path: Path, web: LocalWeb, article_html: Callable[..., str], python: Callable[..., Path]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(article_html())
    web.page(SOURCES[0], article_html())
    for words in (("try", page, "--url", SOURCES[0]), ("try", SOURCES[0])):
        run = ended(begin(python("exit 1"), web, *words))
        assert run.code == 2
        assert "no extraction worker can be started: it ended with exit status 1" in run.stderr
        assert "Traceback" not in run.stderr
