"""Searches that are stopped or killed midway."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

FEED = "https://news.example/feed"


def rss(*urls: str) -> str:
    entries = "".join(f"<item><title>{u[-4:]}</title><link>{u}</link></item>" for u in urls)
    return f"<rss version='2.0'><channel><title>C</title>{entries}</channel></rss>"


def start(web: LocalWeb, items: Path, output: Path, *urls: str) -> subprocess.Popen[str]:
    words = ("discover", "feeds", *urls, "--items", items, "-o", output, "--json")
    return subprocess.Popen(
        arguments(*words, settings={"CRAWLER_STOP_GRACE": 0.5}),
        env=environment(web),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_a_search_that_is_stopped_ends_in_time_and_keeps_what_it_found(
    web: LocalWeb, items: Path, tmp_path: Path, article_html: Callable[..., str]
) -> None:
    web.page(FEED, rss("https://news.example/0001"))
    web.page("https://news.example/0001", article_html())
    slow = "https://slow.example/feed"
    web.page(slow, rss(), delay=25.0)
    with start(web, items, tmp_path / "output", FEED, slow) as process:
        wait_until(lambda: items.is_dir() and len(list(items.glob("*.md"))) == 1)
        wait_until(lambda: web.count(slow) == 1)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - asked < 15
    assert process.returncode == 130, stderr
    assert json.loads(stdout)["discovery"]["created"] == 1
    assert "Traceback" not in stderr


def test_a_search_that_is_killed_is_completed_by_the_next_one(
    web: LocalWeb,
    items: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    discover: Callable[..., Outcome],
) -> None:
    urls = [f"https://news.example/{number:04}" for number in range(60)]
    web.page(FEED, rss(*urls), headers={"ETag": '"1"', "Content-Type": "application/xml"})
    with start(web, items, tmp_path / "output", FEED) as process:
        wait_until(lambda: items.is_dir() and len(list(items.glob("*.md"))) > 5)
        process.kill()
    (items / ".0a1b2c3d.99999.crawler-tmp").write_text("half")
    before = {path: path.read_bytes() for path in items.glob("*.md")}
    done = discover("feeds", FEED, "--max-new", 100)
    after = {path: path.read_bytes() for path in items.iterdir()}
    assert len(after) == 60
    assert before.items() <= after.items()
    assert done.json["discovery"]["created"] + done.json["discovery"]["known"] >= 60 - len(before)
    assert done.json["items"]["selected"] == 60
