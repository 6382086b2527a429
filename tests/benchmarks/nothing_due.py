"""What a run costs that finds nothing to do, against `git status` on the same folder.

    python tests/benchmarks/nothing_due.py [--items 10000] [--runs 5]

Items with two related entries each are made, committed to a Git repository, and settled in a
ledger as if all their pages had been read a moment ago. Then `crawler run` and `git status` take
turns. Times are medians: CPU time (user and system) of the process and its children, and wall-clock
time. *decided* is the part of the run that is not the start of Python and Scrapy, which is measured
by a run of an empty folder.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from crawler.extraction.article import Article
from crawler.ledger.records import Attempt, Visit
from crawler.options import CrawlOptions
from crawler.session import RunSession
from crawler.states import State
from crawler.timestamps import now_text

ITEM = """---
title: "Story {n} of the benchmark"
excerpt: "The council votes to repair two beams of seven."
publishedDateTime: 2020-05-14T06:30:00Z
originalUrl: https://site{site}.example/story-{n}
webUrl: https://site{site}.example/story-{n}
type: article
quality: 64
heat: 41
topics:
  - Bridges
  - Council
related:
  - title: "First"
    webUrl: https://site{site}.example/background-{n}
    type: article
  - title: "Second"
    webUrl: https://other{site}.example/background-{n}
    type: article
secured: "bm90IGEgc2VjcmV0LCBqdXN0IGJ5dGVz;MDEyMzQ1Njc4OWFiY2RlZg=="
---
"""
FOLDER_SIZE = 200
PAGE = 500


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a command: of the processor, and on the clock on the wall."""

    cpu: float
    wall: float


def make_items(folder: Path, count: int) -> None:
    """Write the items, and commit them to a repository in the same folder."""
    for number in range(count):
        path = folder / f"{number // FOLDER_SIZE:04}" / f"2020-05-14-story-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ITEM.format(n=number, site=number // 20))
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "items"]):
        subprocess.run(["git", "-C", folder, *words], check=True)


def settle_all(items: Path, output: Path) -> int:
    """Visit every source without a web; return how many there were."""
    options = CrawlOptions(items=(items,), output=output)
    with RunSession(options, on_problem=print, should_stop=lambda: False) as crawl:
        due = crawl.plan()
        for position in range(0, due, PAGE):
            for source in crawl.due(position, PAGE):
                attempt = Attempt(source.record.urls[0], State.OK, status=200, seconds=0.1)
                text = f"The text of {attempt.url}, as it was read."
                page = Article(title=attempt.url, markdown=text, word_count=9)
                visit = Visit(State.OK, now_text(), (attempt,), article=page)
                crawl.store_visit(source.record.key, visit)
        crawl.tidy()
        crawl.finish("finished")
    return due


def cost(*command: object) -> Cost:
    """Run a command and measure it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(cpu, wall)


def median(costs: list[Cost]) -> Cost:
    """Return the medians of each."""
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    os.fsync = lambda _: None  # of this process, which only makes ready what is measured
    with tempfile.TemporaryDirectory() as folder:
        items, output, empty = (Path(folder, name) for name in ("items", "output", "empty"))
        empty.mkdir()
        make_items(items, given.items)
        sources = settle_all(items, output)
        print(f"{given.items} items, {sources} sources, {os.cpu_count()} cores")
        crawler = (sys.executable, "-m", "crawler", "run", "--json")
        commands = {
            "run": (*crawler, items, "-o", output),
            "start": (*crawler, empty, "-o", Path(folder, "nothing")),
            "git status": ("git", "-C", items, "status", "--short"),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(given.runs):
            for name, command in commands.items():
                costs[name].append(cost(*command))
    medians = {name: median(all_costs) for name, all_costs in costs.items()}
    run, start, status = (medians[name] for name in commands)
    medians["decided"] = decided = Cost(run.cpu - start.cpu, run.wall - start.wall)
    for name, of in medians.items():
        print(f"{name:12} {of.cpu:6.2f} s CPU {of.wall:6.2f} s wall")
    print(f"run / git status      {run.cpu / status.cpu:6.1f}")
    print(f"decided / git status  {decided.cpu / status.cpu:6.1f}")


if __name__ == "__main__":
    main()
