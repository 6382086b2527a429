from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from rich.console import Console
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from crawler.cli import report
from crawler.cli.report import live_progress
from crawler.crawl.progress import Progress, SiteQueues
from crawler.discovery.options import DiscoveryTally
from crawler.ledger.events import is_failing
from crawler.ledger.records import Attempt, Visit
from crawler.signals import source_visited
from crawler.spiders import SourceVisit
from crawler.spiders.items import ItemsSpider
from crawler.states import State
from crawler.summary import RunSummary
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scrapy.crawler import Crawler

    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

pty = pytest.importorskip("pty")


class Stage:
    """A crawl as the display sees it, with a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(report, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.summary = RunSummary()
        self.spider = ItemsSpider()
        self.slots: dict[str, Any] = {}
        downloader = SimpleNamespace(slots=self.slots)
        self.crawler = SimpleNamespace(
            spider=self.spider,
            engine=SimpleNamespace(downloader=downloader),
            settings=Settings({"DOWNLOAD_DELAY": 1.0}),
            signals=SignalManager(),
            get_extension=lambda kind: self.progress if kind is Progress else None,
        )
        self.progress = Progress(cast("Crawler", self.crawler))
        self.picture = report._Picture(cast("Crawler", self.crawler))

    def store_visit(self, state: State, count: int) -> None:
        for _ in range(count):
            attempt = Attempt("https://news.example/a", state)
            self.summary.add_visit(Visit(state, "2024-05-14T08:30:00Z", (attempt,)))

    def plan(self, **due: int) -> None:
        """Make a plan of so many sources of NAME.example."""
        sites = {f"{name}.example": count for name, count in due.items()}
        self.summary.due = sum(sites.values())
        self.progress._queues = SiteQueues(sites, clock=lambda: self.now)

    def end(self, name: str, seconds: float) -> None:
        """Have a visit to NAME.example end, so many seconds after the one before."""
        self.now += seconds
        self.store_visit(State.OK, 1)
        visit = Visit(State.OK, "2024-05-14T08:30:00Z", ())
        self.crawler.signals.send_catch_log(
            source_visited, visit=SourceVisit(f"{name}.example/a", visit)
        )

    def show(self) -> list[str]:
        console = Console(record=True, width=100, file=io.StringIO())
        console.print(self.picture.render())
        return [line.rstrip() for line in console.export_text().splitlines()]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_before_the_plan_is_made_it_says_that_items_are_read(stage: Stage) -> None:
    assert stage.show() == ["reading items …"]
    stage.spider.summary = stage.summary
    assert stage.show() == ["reading items …"]
    stage.crawler.spider = None
    assert stage.show() == ["reading items …"]


def test_a_search_says_how_much_was_asked_and_found(stage: Stage) -> None:
    stage.spider.summary = stage.summary
    stage.summary.discovery = DiscoveryTally()
    assert stage.show() == ["reading items …"]
    stage.summary.discovery.asked.update({State.OK: 2, State.GONE: 1})
    stage.summary.discovery.created = 7
    assert stage.show() == ["looking for new items: 3 asked, 7 new"]


def test_a_running_crawl_shows_done_rate_time_left_states_and_hosts(stage: Stage) -> None:
    stage.spider.summary = stage.summary
    stage.plan(news=100)
    stage.store_visit(State.GONE, 10)
    for _ in range(10):
        stage.end("news", 1)
    stage.slots["news.example"] = SimpleNamespace(transferring={"a request"})
    stage.slots["idle.example"] = SimpleNamespace(transferring=set())
    line, states, hosts = stage.show()
    assert re.sub(r"\s+", " ", line).endswith(" 20/100 2.0 pages/s 1:30 left")
    assert states == "gone 10  ok 10"
    assert hosts == "news.example"


def test_the_rate_is_that_of_the_last_seconds(stage: Stage) -> None:
    stage.spider.summary = stage.summary
    stage.summary.due = 100_000
    stage.store_visit(State.OK, 1000)
    stage.now += 10
    assert "100.0 pages/s" in stage.show()[0]
    for _ in range(30):
        stage.now += 1
        stage.store_visit(State.OK, 2)
        line = stage.show()[0]
    assert "2.0 pages/s" in line


def test_the_time_left_is_that_of_the_longest_queue_and_hours_come_before_minutes(
    stage: Stage,
) -> None:
    stage.spider.summary = stage.summary
    stage.plan(long=5000, short=90)
    for _ in range(80):
        stage.end("short", 0.5)
    assert "1:23:20 left" in stage.show()[0], "a second apart, by DOWNLOAD_DELAY"
    stage.slots["long.example"] = SimpleNamespace(delay=3.0, transferring=set())
    assert "4:10:00 left" in stage.show()[0], "as robots.txt asks"
    for _ in range(5):
        stage.end("long", 2.0)
    assert "2:46:30 left" in stage.show()[0], "as it has shown"


def test_without_progress_there_is_no_guess_of_the_time_left(stage: Stage) -> None:
    stage.spider.summary = stage.summary
    stage.summary.due = 5
    stage.now += 10
    line = stage.show()[0]
    assert "0/5" in line
    assert "left" not in line


def test_of_many_busy_hosts_only_the_first_are_named(stage: Stage) -> None:
    stage.spider.summary = stage.summary
    stage.summary.due = 5
    for number in range(9):
        stage.slots[f"h{number}.example"] = SimpleNamespace(transferring={"a request"})
    hosts = stage.show()[-1]
    assert hosts.startswith("h0.example, h1.example, ")
    assert hosts.endswith("h5.example and 3 more")


def test_failed_visits_are_shown_above_the_display_and_good_ones_are_not(stage: Stage) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80)
    log = logging.getLogger("crawler.run")
    log.setLevel(logging.INFO)
    with live_progress(cast("Crawler", stage.crawler), console):
        for state in State:
            facts = {"event": "visited", "state": str(state)}
            log.info("%s http://news.example/\u202e[red]%s", state, state, extra=facts)
        log.info("something else")
    shown = re.findall(r"http://news\.example/\\u202e\[red\](\S+)", file.getvalue())
    assert shown == [str(state) for state in State if is_failing(state)]
    assert not log.handlers
    assert "something" not in file.getvalue()


def test_the_display_goes_when_the_block_is_left(stage: Stage) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80)
    with live_progress(cast("Crawler", stage.crawler), console):
        pass
    assert "reading items" in file.getvalue()
    assert file.getvalue().endswith("\x1b[2K") or "\x1b[1A" in file.getvalue()


def test_a_terminal_sees_a_live_display_and_no_log_lines(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    items = tmp_path / "items"
    for number in range(2):
        write_item(items, f"n{number}", original_url=f"http://site{number}.example/a")
    (items / "bad.md").write_text("no item")
    seen = threading.Event()

    def once_seen(handler: Handler) -> None:
        while not seen.is_set() and not web.closing.is_set():
            seen.wait(0.02)
        handler.send(200, {"Content-Type": "text/html"}, article_html().encode())

    web.page("http://site0.example/a", article_html())
    write_item(items, "lost", original_url="http://site0.example/lost")
    web.raw("http://site1.example/a", once_seen)
    words = ("run", items, "-o", tmp_path / "output")

    shown, code = run_on_terminal(*words, web=web, sought="2/3", found=seen.set)

    assert code == 3, shown
    assert "2/3" in shown, shown
    assert "not-found http://site0.example/lost (HTTP 404)" in shown
    assert "pages/s" in shown
    assert "site1.example" in shown
    assert "\x1b[2K" in shown  # drawn anew, in place
    assert not re.search(r"\bINFO\b|\bDEBUG\b|Traceback|sources due,", shown)
    assert "bad.md:1:" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\s+", "", shown)
    assert "3 of 3 due sources visited" in re.sub(r"\s+", " ", shown)


def run_on_terminal(
    *words: object, web: LocalWeb, sought: str, found: Callable[[], None], seconds: float = 60.0
) -> tuple[str, int]:
    """Run a command on a terminal; return all that it showed, and its exit code.

    `found` is called once `sought` has been shown.
    """
    controller, terminal = pty.openpty()
    env = environment(web) | {"TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(
        arguments(*words), env=env, stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    shown = bytearray()
    try:
        while chunk := _read(controller):
            shown += chunk
            if sought.encode() in shown:
                found()
        return shown.decode("utf-8", "replace"), process.wait()
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        os.close(controller)


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 65_536)
    except OSError:  # Linux: the last process has closed the terminal
        return b""
