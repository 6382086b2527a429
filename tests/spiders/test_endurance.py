"""A long crawl takes no more memory and no more files than a short one, and loses no source."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.web.command import arguments, environment
from tests.web.swift_web import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SOURCES = 20_000
PER_ITEM = 20
HOSTS = 500
ALLOWED_GROWTH = 1.05


@dataclass(frozen=True, slots=True)
class Reading:
    """Memory in bytes, and open files, of the crawl and its workers at one moment."""

    memory: int
    files: int


@pytest.fixture
def swift_web() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.web.swift_web"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture
def many_items(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    urls = [f"http://site{n % HOSTS}.example/news/{n}" for n in range(SOURCES)]
    for start in range(0, SOURCES, PER_ITEM):
        own, *related = urls[start : start + PER_ITEM]
        write_item(tmp_path / "items", f"n{start}", original_url=own, related=related)
    return tmp_path / "items"


def measure(process: psutil.Process) -> Reading | None:
    memory, files = 0, 0
    with suppress(psutil.NoSuchProcess):
        for one in (process, *process.children()):
            memory += one.memory_info().rss
            files += one.num_fds()
        return Reading(memory, files)
    return None


@pytest.mark.slow
@pytest.mark.xdist_group("heavy")
@pytest.mark.timeout(900)
def test_twenty_thousand_pages_leave_memory_and_files_flat(
    many_items: Path, tmp_path: Path, swift_web: str
) -> None:
    words = arguments("run", many_items, "-o", tmp_path / "output", "--json")
    env = environment() | {"http_proxy": swift_web}
    readings: list[Reading] = []
    with (tmp_path / "stdout").open("w+") as stdout:
        with subprocess.Popen(words, env=env, stdout=stdout, stderr=subprocess.DEVNULL) as crawl:
            watched = psutil.Process(crawl.pid)
            while crawl.poll() is None:
                readings += filter(None, [measure(watched)])
                time.sleep(0.2)
        stdout.seek(0)
        outcome = json.load(stdout)

    expected = Counter(kind_of(number) for number in range(SOURCES))
    assert outcome["ended"] == "finished"
    assert outcome["sources"]["held"] == dict(expected)
    assert outcome["sources"]["visited"] == dict(expected)
    # The first third is warm-up: caches fill up, and the allocator finds its size.
    early = readings[len(readings) // 3 : len(readings) // 2]
    late = readings[-len(readings) // 6 : -3]
    memory = [statistics.median(r.memory for r in part) for part in (early, late)]
    files = [statistics.median(r.files for r in part) for part in (early, late)]
    assert memory[1] <= memory[0] * ALLOWED_GROWTH
    assert files[1] <= files[0] * ALLOWED_GROWTH
