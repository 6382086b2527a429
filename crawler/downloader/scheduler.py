"""Politeness per site: one queue a site, asked in rotation, one request at a time."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter, deque
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.downloader.host_state import Hosts
from crawler.downloader.scrapy_internals import PacedDownloader, ask_scheduler, in_progress
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.dupefilters import BaseDupeFilter
    from scrapy.http import Request


_SMALLEST_DELAY: Final = 0.005  # seconds


class SiteDownloader(PacedDownloader):
    """Scrapy's downloader with one slot a site, which keeps to its pauses.

    The slot follows from the URL alone: Scrapy would let a redirected request keep the slot of
    the host that it came from.
    """

    _hurries = False

    def get_slot_key(self, request: Request) -> str:
        """Return the site of a request's URL."""
        return site_of(request.url)

    def needs_backout(self) -> bool:
        """Whether all places are taken; what is about robots.txt takes none."""
        hosts = self.crawler.get_extension(Hosts)
        aside = 0 if hosts is None else len(self.active & hosts.aside)
        return 0 < self.total_concurrency <= len(self.active) - aside

    def hurry(self) -> None:
        """Let all requests that wait for their turn go at once, to be refused by the handler."""
        self._hurries = True
        for slot in self.slots.values():
            slot.delay = 0.0
            if slot.latercall:
                slot.latercall.cancel()
                slot.latercall = None
            self.send_next(slot)

    def set_pace(self, slot: Slot, request: Request) -> None:
        """Keep to the pauses of the request's site."""
        if self._hurries:
            return
        # Without any delay, Scrapy 2.19 starts all requests that are queued in one turn of the
        # event loop, since it counts a transfer only once its task runs.
        slot.delay = max(slot.delay, _SMALLEST_DELAY)
        hosts = self.crawler.get_extension(Hosts)
        if hosts is None:
            return
        site = site_of(request.url)
        if seconds := hosts.seconds_apart(site):
            slot.delay, slot.jitter = max(slot.delay, seconds), 0.0
        if seconds := hosts.seconds_to_wait(site):
            # Scrapy waits for the delay from `lastseen` on.
            slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)


_SHORTEST_NAP: Final = 0.05  # seconds; who has less to wait may do it in the downloader
# Requests that wait for a robots.txt, and those for it, times the places for all others. They are
# only bounded: sites that hang are not to keep those from being asked that do not.
_MOST_ASIDE: Final = 12


class HostFrontier(BaseScheduler):
    """A scheduler, in memory, that gives the downloader only what it can send.

    A site that is paused, whose last request is too short ago, or that is busy with as many
    requests as it may have at once, keeps its other requests here, so that they never take the
    downloader's places from other sites. CONCURRENT_REQUESTS counts requests until their answers
    are dealt with: neither memory nor what a killed crawl has to ask for again grows where pages
    come in faster than they are read. It does not count those that wait for the robots.txt of
    their site, which come back here once it is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts = crawler.get_extension(Hosts) or Hosts()
        self._hosts.has_room = self.wake
        self._dupefilter: BaseDupeFilter = build_from_crawler(
            load_object(crawler.settings["DUPEFILTER_CLASS"]), crawler
        )
        self._most = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._at_once = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._queues: dict[str, list[tuple[int, int, Request]]] = {}
        self._turns: deque[str] = deque()
        self._numbers = count()
        self._waiting = 0
        self._alarm: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the scheduler."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:  # noqa: ARG002 - Scrapy's signature
        """Open the filter of duplicates."""
        self._dupefilter.open()

    def close(self, reason: str) -> None:
        """Forget what waits."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._dupefilter.close(reason)

    def __len__(self) -> int:
        """How many requests wait."""
        return self._waiting

    @property
    def unpaused(self) -> int:
        """How many of them are not of a site that is paused."""
        waits = self._hosts.seconds_to_wait
        return sum(len(queue) for site, queue in self._queues.items() if not waits(site))

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits here, and nothing that was given out is still dealt with."""
        return not self._waiting and not in_progress(self._crawler.engine)

    def has_pending_requests(self) -> bool:
        """Whether any request waits."""
        return self._waiting > 0

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; False: it is a duplicate."""
        if not request.dont_filter and self._dupefilter.request_seen(request):
            assert self._crawler.spider is not None
            self._dupefilter.log(request, self._crawler.spider)
            return False
        site = site_of(request.url)
        if site not in self._queues:
            self._queues[site] = []
            self._turns.append(site)
        heapq.heappush(self._queues[site], (-request.priority, next(self._numbers), request))
        self._waiting += 1
        return True

    def next_request(self) -> Request | None:
        """Return a request that can be sent at once, the sites taken in turn."""
        if self._most and self._is_full():
            return None
        busy = self._busy()
        naps: list[float] = []
        for _ in range(len(self._turns)):
            site = self._turns[0]
            self._turns.rotate(-1)
            if busy[site] >= self._limit(site):
                continue
            if (seconds := self._seconds_to_wait(site)) > _SHORTEST_NAP:
                naps.append(seconds)
                continue
            return self._pop(site)
        if naps:
            self._wake_in(min(naps))
        return None

    def _pop(self, site: str) -> Request:
        queue = self._queues[site]
        request: Any = heapq.heappop(queue)[-1]
        self._waiting -= 1
        if not queue:
            del self._queues[site]
            self._turns.pop()  # the rotation has put it last
        return request  # type: ignore[no-any-return]

    def _is_full(self) -> bool:
        aside = self._hosts.aside
        taken = len(in_progress(self._crawler.engine) - aside)
        return taken >= self._most or len(aside) >= _MOST_ASIDE * self._most

    def _busy(self) -> Counter[str]:
        assert self._crawler.engine is not None
        active = self._crawler.engine.downloader.active
        return Counter(site_of(request.url) for request in active)

    def _seconds_to_wait(self, site: str) -> float:
        """Return how long at least the next request to a site has to wait."""
        assert self._crawler.engine is not None
        seconds = self._hosts.seconds_to_wait(site)
        slot = self._crawler.engine.downloader.slots.get(site)
        if slot is None:
            return seconds
        return max(seconds, slot.lastseen + slot.delay * (1 - slot.jitter) - monotonic())

    def _limit(self, site: str) -> int:
        assert self._crawler.engine is not None
        own = self._crawler.engine.downloader.per_slot_settings.get(site, {})
        return int(own.get("concurrency", self._at_once))

    def _wake_in(self, seconds: float) -> None:
        """Have the engine ask again when the first pause is over; by itself it asks too rarely."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self.wake)

    def wake(self) -> None:
        """Have the engine ask for requests: there may be some that can be sent by now."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        ask_scheduler(self._crawler.engine)
