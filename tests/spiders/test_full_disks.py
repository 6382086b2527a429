"""Runs on disks that are full, or may only be read: nothing is lost, and the next run goes on."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from crawler.items.item import read_item
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

_LARGE = "Mine.\n" * 2_000  # 12 kB


@pytest.fixture
def mount() -> Iterator[Callable[..., None]]:
    """Mount something on a folder, which is made, until the test ends."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small or read-only disk")
    with ExitStack() as stack:

        def mount(folder: Path, *words: str) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            command = ["mount", *words, str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"no disk can be mounted here: {done.stderr}")
            if "remount" not in words[-1]:
                stack.callback(subprocess.run, ["umount", "-l", str(folder)], check=False)

        yield mount


@pytest.fixture
def small_disk(mount: Callable[..., None]) -> Callable[[Path, str], None]:
    """Put a disk of this size on a folder, or change the size of the one that is there."""

    def put(folder: Path, size: str) -> None:
        if folder.is_mount():
            mount(folder, "-o", f"remount,size={size}")
        else:
            mount(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")

    return put


@pytest.fixture
def read_only(mount: Callable[..., None]) -> Callable[[Path], None]:
    """Let a folder be read only."""

    def make(folder: Path) -> None:
        mount(folder, "--bind", str(folder))
        mount(folder, "-o", "remount,bind,ro")

    return make


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".crawler" not in path.parts
    }


def grow(item: Path) -> None:
    """Change an item so that its enriched file needs more room."""
    item.write_bytes(item.read_bytes() + _LARGE.encode())


def assert_all_is_done(outcome: Outcome, items: Path, output: Path) -> None:
    assert outcome.code == 0, outcome.stderr
    assert {read_item(path).text for path in (output / "items").iterdir()} == {
        path.read_text() for path in items.iterdir()
    }


def test_files_that_find_no_room_are_named_and_written_by_the_next_run(
    small_disk: Callable[[Path, str], None],
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
) -> None:
    grown = [add_item(f"n{number}") for number in range(6)]
    small_disk(output / "items", "40k")
    assert crawl().code == 0
    before = contents(output)
    for item in grown:
        grow(item)
    add_item("small")

    outcome = crawl()

    assert outcome.code == 1
    assert "Traceback" not in outcome.stderr
    problems = outcome.json["problems"]
    assert 0 < len(problems) == outcome.json["files"]["failed"]
    after = contents(output)
    for problem in problems:
        path, _, reason = problem.partition(":1: not written: ")
        assert "No space left on device" in reason
        name = f"items/{path.rpartition('/')[2]}"
        # What was written in this run already, before another copy was found, is whole, too.
        is_of_this_run = _LARGE.encode() in after.get(name, b"")
        assert after.get(name) == before.get(name) or (
            is_of_this_run and after[name].endswith(b"\n<!-- article:end -->\n")
        )
    assert not list(output.rglob("*.crawler-tmp"))
    small_disk(output / "items", "4m")
    assert_all_is_done(crawl(), items, output)


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 60_000, 200_000])
def test_a_ledger_that_finds_no_room_ends_the_run_and_the_next_one_goes_on(
    small_disk: Callable[[Path, str], None],
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    room: int,
) -> None:
    add_item("early")
    small_disk(output, "4m")
    assert crawl().code == 0
    before = contents(output)
    for number in range(30):
        add_item(f"n{number}")
    status = os.statvfs(output)
    ballast = output / "ballast"
    ballast.write_bytes(bytes(status.f_bavail * status.f_frsize - room))

    outcome = crawl()

    assert outcome.code == 2
    assert "Traceback" not in outcome.stderr
    (reason,) = [line for line in outcome.stderr.splitlines() if line.startswith("crawler: ")]
    assert str(output / ".crawler" / "ledger.sqlite3") in reason
    # Where there is no room for its shared memory, SQLite says no more than that.
    assert ("disk I/O error" if room == 0 else "database or disk is full") in reason
    assert "moved away" not in reason
    ballast.unlink()
    assert before.items() <= contents(output).items()
    assert not list(output.rglob("*.crawler-tmp"))
    assert_all_is_done(crawl(), items, output)


def test_a_read_only_folder_of_files_keeps_them_and_the_rest_goes_on(
    read_only: Callable[[Path], None],
    web: LocalWeb,
    article_html: Callable[..., str],
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    output: Path,
) -> None:
    item = add_item("a")
    assert crawl().code == 0
    before = contents(output)
    grow(item)
    web.page("http://related.example/b", article_html())
    add_item("b", related=["http://related.example/b"])
    read_only(output / "items")

    outcome = crawl()

    assert outcome.code == 1
    assert "Traceback" not in outcome.stderr
    assert len(outcome.json["problems"]) == 2
    for name in ("a.md", "b.md"):
        place = f"{output / 'items' / name}:1: not written: "
        assert any(p.startswith(place) and "Read-only" in p for p in outcome.json["problems"])
    after = contents(output)
    assert after.pop(next(name for name in after if name.startswith("sources/")))
    assert after == before


@pytest.mark.parametrize("where", ["output", "items"])
def test_a_run_that_may_not_write_where_it_must_says_so_and_changes_nothing(
    where: str,
    read_only: Callable[[Path], None],
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
) -> None:
    item = add_item("a")
    assert crawl().code == 0
    before = contents(output) | contents(items)
    if where == "output":
        grow(item)
        before = contents(output) | contents(items)
        read_only(output)
        outcome = crawl()
        assert outcome.code == 2
        assert re.search(f"{re.escape(str(output))}[^ ]*: read-only file system", outcome.stderr)
    else:
        read_only(items)
        outcome = crawl("--in-place")
        assert outcome.code == 1
        (problem,) = outcome.json["problems"]
        assert problem.startswith(f"{item}:1: not written: ")
        assert "Read-only file system" in problem
    assert "Traceback" not in outcome.stderr
    assert contents(output) | contents(items) == before


def test_a_limit_on_the_size_of_files_costs_only_the_files_that_exceed_it(
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
) -> None:
    large = add_item("large")
    assert crawl().code == 0
    before = contents(output)
    large.write_bytes(large.read_bytes() + b"x\n" * 500_000)
    add_item("small")
    limit = 500_000
    run = subprocess.run(
        arguments("run", items, "-o", output),
        env=environment(web),
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert (
        f"{output / 'items' / 'large.md'}:1: not written: [Errno 27] File too large" in run.stderr
    )
    after = contents(output)
    assert after.pop("items/small.md")
    assert after == before
    assert_all_is_done(crawl(), items, output)
