"""A crawl that is killed a hundred times ends as one that was never disturbed."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.spiders.test_interruption import contents
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

KILLS = 100
ITEMS = 130
IN_FLIGHT = 8
SETTINGS = {"CONCURRENT_REQUESTS": IN_FLIGHT, "CRAWLER_EXTRACTION_WORKERS": 1}


@pytest.fixture
def items(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> Path:
    """Items with a related source of their own, one that three share, and some that are lost."""
    folder = tmp_path / "items"
    for number in range(ITEMS):
        own, related = f"http://site{number}.example/a", f"http://site{number}.example/b"
        shared = f"http://shared{number // 3}.example/c"
        web.page(own, article_html(title=f"Story {number}"))
        web.page(shared, article_html(title=f"Background {number // 3}"))
        if number % 4:
            web.page(related, article_html(title=f"More on story {number}"))
        write_item(folder, f"n{number}", original_url=own, related=[related, shared])
    return folder


def pages(web: LocalWeb) -> list[str]:
    return [r.url for r in web.requests if not r.url.endswith("robots.txt")]


def kill_in_the_middle(
    items: Path, output: Path, web: LocalWeb, *, answers: int, seconds: float
) -> bool:
    """Start a run, kill it after so many answers and seconds; whether it was still at work."""
    before = len(pages(web))
    words = arguments("run", items, "-o", output, settings=SETTINGS)
    with subprocess.Popen(words, env=environment(web), stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len(pages(web)) - before < answers:
            time.sleep(0.002)
        time.sleep(seconds)
        is_at_work = process.poll() is None
        process.kill()
    return is_at_work


@pytest.mark.slow
@pytest.mark.xdist_group("heavy")
@pytest.mark.timeout(900)
def test_a_hundred_kills_lose_nothing_tear_nothing_and_change_nothing(
    items: Path, tmp_path: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> None:
    run_crawler("run", items, "-o", tmp_path / "undisturbed", web=web, settings=SETTINGS)
    undisturbed = contents(tmp_path / "undisturbed")
    sources = len(set(pages(web)))
    web.forget()
    chance = random.Random(11)
    output = tmp_path / "killed"

    kills = 0
    while kills < KILLS:
        answers, seconds = chance.randrange(1, 5), chance.random() * 0.03
        was_at_work = kill_in_the_middle(items, output, web, answers=answers, seconds=seconds)
        assert was_at_work, "the crawl was over before it was killed often enough"
        kills += 1
        for path in output.rglob("*.md"):
            assert path.read_bytes().startswith(b"---\n"), "a torn file"
            assert path.read_bytes().endswith(b"\n"), "a torn file"
    last = run_crawler("run", items, "-o", output, "--json", web=web, settings=SETTINGS)

    held = last.json["sources"]["held"]
    asked = Counter(pages(web))
    assert last.json["ended"] == "finished"
    assert sum(held.values()) == sources == len(asked)
    assert contents(output) == undisturbed
    assert not list(output.rglob("*.crawler-tmp"))
    assert asked.total() - sources <= kills * IN_FLIGHT
