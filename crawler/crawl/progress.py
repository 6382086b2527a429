"""How far a run is and how long it still takes: for its display, and for who looks from outside.

A run takes as long as the slowest queue of a site, or as all pages together.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals

from crawler.downloader.host_state import Hosts
from crawler.output.layout import Layout
from crawler.signals import source_visited
from crawler.timestamps import now_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scrapy.crawler import Crawler

    from crawler.spiders.visited import SourceVisit
    from crawler.summary import RunSummary

_FEWEST: Final = 3  # visits that tell how fast a site goes


@dataclass(slots=True)
class _Queue:
    """Visits that are left and done, and when the first and the last of these ended."""

    left: int
    done: int = 0
    first: float = 0.0
    last: float = 0.0

    def end(self, at: float) -> None:
        self.left = max(self.left - 1, 0)
        self.done += 1
        self.first, self.last = self.first or at, at

    @property
    def seconds_apart(self) -> float | None:
        """Seconds between the ends of two visits; None: too few have ended."""
        return None if self.done < _FEWEST else (self.last - self.first) / (self.done - 1)


class SiteQueues:
    """The visits of a plan, by site.

    One thread may tell of ends while another one asks: sites are never added or taken away.

    Args:
        due: how many sources each site has in the plan.
        clock: seconds of a clock that nobody can set.
    """

    def __init__(
        self, due: Mapping[str, int], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queues = {site: _Queue(count) for site, count in due.items()}
        self._all = _Queue(sum(due.values()))
        self._clock = clock

    @property
    def has_begun(self) -> bool:
        """Whether a visit has ended."""
        return self._all.done > 0

    def end_visit(self, key: str) -> None:
        """Note that the visit to the source with this key has ended."""
        now = self._clock()
        self._all.end(now)
        if (queue := self._queues.get(site_of(f"https://{key}"))) is not None:
            queue.end(now)

    def seconds_left(self, apart: Callable[[str], float], waits: Callable[[str], float]) -> float:
        """Return how long the rest of the plan takes.

        Args:
            apart: seconds between two requests to a site, where it has not yet shown its own.
            waits: seconds that a site is paused for.
        """
        longest = self._all.left * (self._all.seconds_apart or 0.0)
        for site, queue in self._queues.items():
            if queue.left:
                gap = queue.seconds_apart
                seconds = queue.left * (apart(site) if gap is None else gap)
                longest = max(longest, seconds + waits(site))
        return longest


_SECONDS: Final = 1.0  # between two looks


class Progress:
    """How far the run of a crawl is; a Scrapy extension.

    While it goes on, `progress.json` beside the ledger says so. That is written over without being
    flushed, and is no part of what a run leaves behind: who reads it (`crawler.watch.report_page`)
    after a crash sees by `pid` that nothing goes on.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._began = now_text()
        self._queues: SiteQueues | None = None
        self._path: Path | None = None
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self.visited, source_visited)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension."""
        return cls(crawler)

    def begin(self, due: Mapping[str, int], summary: RunSummary, output: Path) -> None:
        """Note the plan, how many sources each site has in it, and tell of it from now on."""
        self._queues = SiteQueues(due)
        self._path = Layout(output).progress
        self._task = asyncio.get_running_loop().create_task(self._tell(self._path, summary))

    def visited(self, visit: SourceVisit) -> None:
        """Note that a visit has ended."""
        if self._queues is not None:
            self._queues.end_visit(visit.key)

    @property
    def seconds_left(self) -> float | None:
        """How long the queues of the sites still are; None: nothing has come yet."""
        if self._queues is None or not self._queues.has_begun:
            return None
        hosts = self._crawler.get_extension(Hosts) or Hosts()
        assert self._crawler.engine is not None
        slots = dict(self._crawler.engine.downloader.slots)
        usual = self._crawler.settings.getfloat("DOWNLOAD_DELAY")

        def apart(site: str) -> float:
            delay = slots[site].delay if site in slots else usual
            return max(float(delay), hosts.seconds_apart(site))

        return self._queues.seconds_left(apart, hosts.seconds_of_pause)

    def spider_closed(self) -> None:
        """Take the file away."""
        if self._task is not None:
            self._task.cancel()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()

    async def _tell(self, path: Path, summary: RunSummary) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            left = self.seconds_left
            document = {
                "pid": os.getpid(),
                "startedDateTime": self._began,
                "updatedDateTime": now_text(),
                "due": summary.due,
                "done": summary.done,
                "failed": summary.failed,
                "secondsLeft": None if left is None else round(left),
            }
            with suppress(OSError):  # a full disk is told by what matters
                _replace(path, json.dumps(document))


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="ascii") as file:
        file.write(text)
    new.replace(path)
