"""A live picture of a running crawl for a terminal."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from crawler.spiders.source import SourceSpider
from crawler.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler

    from crawler.summary import RunSummary

_HOSTS: Final = 6
_RATE_SECONDS: Final = 20.0  # the rate is that of the last so many seconds


@contextmanager
def live_progress(crawler: Crawler, console: Console) -> Iterator[None]:
    """Show the crawl's progress until the block is left."""
    picture = _Picture(crawler)
    with Live(console=console, get_renderable=picture.render, refresh_per_second=4, transient=True):
        yield


class _Picture:
    """Drawn by the display's own thread; only reads, and only copies of what may change."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def render(self) -> RenderableType:
        spider = self._crawler.spider
        summary = spider.summary if isinstance(spider, SourceSpider) else None
        if summary is None or not summary.due:
            tally = None if summary is None else summary.discovery
            if tally is None or not tally.asked:
                return Text("reading items …")
            return Text(f"looking for new items: {tally.asked.total()} asked, {tally.created} new")
        rate = self._rate(summary.done)
        return Group(self._bar(summary, rate), Text(_states(summary)), Text(visible(self._hosts())))

    def _rate(self, done: int) -> float:
        now = time.monotonic()
        self._marks.append((now, done))
        while now - self._marks[0][0] > _RATE_SECONDS:
            self._marks.popleft()
        since, before = self._marks[0]
        return (done - before) / (now - since) if now > since else 0.0

    def _bar(self, summary: RunSummary, rate: float) -> RenderableType:
        left = (summary.due - summary.done) / rate if rate else None
        line = Table.grid(padding=(0, 1))
        line.add_row(
            ProgressBar(total=summary.due, completed=summary.done, width=30),
            f"{summary.done}/{summary.due}",
            f"{rate:.1f} pages/s",
            "" if left is None else f"{_clock(left)} left",
        )
        return line

    def _hosts(self) -> str:
        slots = dict(self._crawler.engine.downloader.slots)
        busy = [host for host, slot in slots.items() if slot.transferring]
        more = f" and {len(busy) - _HOSTS} more" if len(busy) > _HOSTS else ""
        return ", ".join(busy[:_HOSTS]) + more


def _states(summary: RunSummary) -> str:
    counts = dict(summary.visited)
    return "  ".join(f"{state} {count}" for state, count in sorted(counts.items()))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
