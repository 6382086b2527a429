"""What a terminal shows of a run: live while it goes on, and in tables at its end."""

from __future__ import annotations

import logging
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich import box, markup
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from crawler.crawl.progress import Progress
from crawler.ledger.events import is_failing
from crawler.sanitize import visible
from crawler.spiders.source import SourceSpider
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.crawler import Crawler

    from crawler.summary import HostTally, RunSummary


def escape(text: str, *, keep: str = "") -> str:
    """Return a text that rich prints as it is, and that does nothing to a terminal.

    Args:
        keep: controls that stay as they are, such as line breaks in the cells of a table.
    """
    return markup.escape(visible(text, keep=keep))


_HOSTS: Final = 6
_RATE_SECONDS: Final = 20.0  # the rate is that of the last so many seconds


@contextmanager
def live_progress(crawler: Crawler, console: Console) -> Iterator[None]:
    """Show the crawl's progress until the block is left."""
    picture = _Picture(crawler)
    live = Live(
        console=console, get_renderable=picture.render, refresh_per_second=4, transient=True
    )
    with live, failed_urls_on(console):
        yield


class FailedUrls(logging.Handler):
    """Shows each visit that failed above a live display, which leaves no place for a log.

    Visits are told by `crawler.pipelines`, with the facts `event` and `state`.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line of a visit that failed."""
        facts = vars(record)
        if facts.get("event") == "visited" and is_failing(State(facts["state"])):
            text = visible(record.getMessage())
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def failed_urls_on(console: Console) -> Iterator[None]:
    """Show failed visits on a console until the block is left."""
    shown, visits = FailedUrls(console), logging.getLogger("crawler.run")
    visits.addHandler(shown)
    try:
        yield
    finally:
        visits.removeHandler(shown)


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
        return Group(self._bar(summary, rate), Text(_counts(summary)), Text(visible(self._hosts())))

    def _rate(self, done: int) -> float:
        now = time.monotonic()
        self._marks.append((now, done))
        while now - self._marks[0][0] > _RATE_SECONDS:
            self._marks.popleft()
        since, before = self._marks[0]
        return (done - before) / (now - since) if now > since else 0.0

    def _bar(self, summary: RunSummary, rate: float) -> RenderableType:
        progress = self._crawler.get_extension(Progress)
        left = None if progress is None else progress.seconds_left
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


def _counts(summary: RunSummary) -> str:
    counts = dict(summary.visited)
    return "  ".join(f"{state} {count}" for state, count in sorted(counts.items()))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def print_report(summary: RunSummary, console: Console) -> None:
    """Print what a run did: items, states, slow and failing hosts, problems."""
    console.print(_states(summary))
    if slow := [host for host in summary.slowest_hosts() if host[1].slowest]:
        console.print(_hosts("slowest hosts", slow))
    if failing := summary.failing_hosts():
        console.print(_hosts("failing hosts", failing))
    for failed in summary.failed_monitors:
        told = f"monitor {failed.name}: {visible(failed.message)}"
        console.print(told, style="red", markup=False, soft_wrap=True, highlight=False)
    if (tally := summary.discovery) is not None:
        console.print(
            f"{tally.asked.total()} feeds, sitemaps or files asked, {tally.failed} failed; "
            f"{tally.created} items created, {tally.known} known, {tally.unusable} unusable, "
            f"{tally.left} left for another run",
            soft_wrap=True,
            highlight=False,
        )
    console.print(
        f"{summary.items} items ({summary.changed} new or changed, {summary.invalid} invalid), "
        f"{summary.done} of {summary.due} due sources visited, {summary.written} files written, "
        f"{summary.unchanged} unchanged, {summary.unwritten} failed"
        f"{_left(summary)}; "
        f"{summary.ended} after {summary.seconds:.1f} s",
        soft_wrap=True,
        highlight=False,
    )


def _left(summary: RunSummary) -> str:
    if not summary.edited:
        return ""
    return f", {summary.edited} edited by somebody and left ({summary.outdated} lack what is new)"


def narrow_table(*texts: str, title: str | None = None) -> Table:
    """Return a table with columns for texts, of which a terminal of 40 columns loses nothing."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in texts:
        table.add_column(name, overflow="fold")
    return table


def states_table(
    title: str, counts: Mapping[str, tuple[int, ...]], columns: tuple[str, ...]
) -> Table:
    """Return a table with a row a state."""
    table = narrow_table("state", title=title)
    for column in columns:
        table.add_column(column, justify="right")
    for state, row in counts.items():
        table.add_row(state, *map(str, row))
    return table


def _states(summary: RunSummary) -> Table:
    known = {str(state or "not visited"): n for state, n in summary.held.items()}
    visited = {str(state): n for state, n in summary.visited.items()}
    order = [str(state) for state in State] + ["not visited"]
    rows = {
        state: (visited.get(state, 0), known.get(state, 0))
        for state in order
        if state in known or state in visited
    }
    return states_table("sources", rows, ("this run", "now held"))


def _hosts(title: str, hosts: list[tuple[str, HostTally]]) -> Table:
    table = narrow_table("host", title=title)
    for column in ("tries", "failed", "max s", "mean s"):
        table.add_column(column, justify="right")
    for name, tally in hosts:
        mean = tally.seconds / tally.tries
        seconds = (f"{tally.slowest:.2f}", f"{mean:.2f}")
        table.add_row(escape(name), str(tally.tries), str(tally.failures), *seconds)
    return table
