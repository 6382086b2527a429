"""The requests that wait for their turn: one queue a registered domain, asked in rotation."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter, deque
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.fetch.hosts.hosts import Hosts
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.dupefilters import BaseDupeFilter
    from scrapy.http import Request

_SHORTEST_NAP: Final = 0.05  # seconds; who has less to wait may do it in the downloader


class HostFrontier(BaseScheduler):
    """A scheduler, in memory, that gives the downloader only what it can send.

    A domain that is paused, whose last request is too short ago, or that is busy with as many
    requests as it may have at once, keeps its other requests here, so that they never take the
    downloader's places from other domains. CONCURRENT_REQUESTS counts requests until their answers
    are dealt with: neither memory nor what a killed crawl has to ask for again grows where pages
    come in faster than they are read.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts = crawler.get_extension(Hosts) or Hosts()
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
        """How many of them are not of a domain that is paused."""
        waits = self._hosts.seconds_to_wait
        return sum(len(queue) for domain, queue in self._queues.items() if not waits(domain))

    def has_pending_requests(self) -> bool:
        """Whether any request waits."""
        return self._waiting > 0

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; False: it is a duplicate."""
        if not request.dont_filter and self._dupefilter.request_seen(request):
            assert self._crawler.spider is not None
            self._dupefilter.log(request, self._crawler.spider)
            return False
        domain = registered_domain(request.url)
        if domain not in self._queues:
            self._queues[domain] = []
            self._turns.append(domain)
        heapq.heappush(self._queues[domain], (-request.priority, next(self._numbers), request))
        self._waiting += 1
        return True

    def next_request(self) -> Request | None:
        """Return a request that can be sent at once, the domains taken in turn."""
        if self._most and self._in_progress() >= self._most:
            return None
        busy = self._busy()
        naps: list[float] = []
        for _ in range(len(self._turns)):
            domain = self._turns[0]
            self._turns.rotate(-1)
            if busy[domain] >= self._limit(domain):
                continue
            if (seconds := self._seconds_to_wait(domain)) > _SHORTEST_NAP:
                naps.append(seconds)
                continue
            return self._pop(domain)
        if naps:
            self._wake_in(min(naps))
        return None

    def _pop(self, domain: str) -> Request:
        queue = self._queues[domain]
        request: Any = heapq.heappop(queue)[-1]
        self._waiting -= 1
        if not queue:
            del self._queues[domain]
            self._turns.pop()  # the rotation has put it last
        return request  # type: ignore[no-any-return]

    def _in_progress(self) -> int:
        engine = self._crawler.engine
        slot = None if engine is None else engine._slot  # noqa: SLF001 - there is no public way
        return 0 if slot is None else len(slot.inprogress)

    def _busy(self) -> Counter[str]:
        assert self._crawler.engine is not None
        active = self._crawler.engine.downloader.active
        return Counter(registered_domain(request.url) for request in active)

    def _seconds_to_wait(self, domain: str) -> float:
        """Return how long at least the next request to a domain has to wait."""
        assert self._crawler.engine is not None
        seconds = self._hosts.seconds_to_wait(domain)
        slot = self._crawler.engine.downloader.slots.get(domain)
        if slot is None:
            return seconds
        return max(seconds, slot.lastseen + slot.delay * (1 - slot.jitter) - monotonic())

    def _limit(self, domain: str) -> int:
        assert self._crawler.engine is not None
        own = self._crawler.engine.downloader.per_slot_settings.get(domain, {})
        return int(own.get("concurrency", self._at_once))

    def _wake_in(self, seconds: float) -> None:
        """Have the engine ask again when the first pause is over; by itself it asks too rarely."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        engine = self._crawler.engine
        slot = None if engine is None else engine._slot  # noqa: SLF001 - there is no public way
        if slot is not None and slot.closing is None:
            slot.nextcall.schedule()
