"""Ctrl-C and SIGTERM end a crawl in bounded time, with what is in flight finished."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest

from crawler.fetch.hosts.downloader import RegisteredDomainDownloader
from crawler.fetch.hosts.errors import DeferredError
from crawler.fetch.hosts.hosts import Hosts
from crawler.fetch.proxies import ProxiedDownloadHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

Handler = Callable[[int, FrameType | None], Any]


class StoppedError(IgnoreRequest):
    """The crawl was stopped before this request had its answer; nothing was learned."""


class BoundedStop:
    """Bounds how long a stopped crawl goes on, to `CRAWLER_STOP_GRACE` seconds.

    Scrapy waits for every request that it has handed to the downloader, queued ones included,
    each for up to its time-out. Here a stop refuses the queued ones at once, and cuts off the
    rest when the grace is over. What is not finished is due in the next run.

    Attributes:
        stopping: set once a stop was asked for; may be asked from any thread.
        cut_off: set once the grace is over.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._grace = crawler.settings.getfloat("CRAWLER_STOP_GRACE")
        self._replaced: dict[int, Any] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._at_cut_off: list[Callable[[], object]] = []
        self.stopping = asyncio.Event()
        self.cut_off = asyncio.Event()
        crawler.signals.connect(self.engine_started, signals.engine_started)
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension."""
        return cls(crawler)

    def engine_started(self) -> None:
        """Put our handler in front of Scrapy's, which stays in charge of stopping."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(signum)
            if callable(handler):
                self._replaced[signum] = signal.signal(
                    signum, partial(self._on_signal, loop, handler)
                )

    def engine_stopped(self) -> None:
        """Forget the timer and the handlers."""
        if self._timer is not None:
            self._timer.cancel()
        for signum, handler in self._replaced.items():
            ours = signal.getsignal(signum)
            if isinstance(ours, partial) and ours.func == self._on_signal:
                signal.signal(signum, handler)

    @property
    def is_cut_off(self) -> bool:
        """Whether the grace is over."""
        return self.cut_off.is_set()

    def at_cut_off(self, action: Callable[[], object]) -> None:
        """Have something done when the grace is over."""
        self._at_cut_off.append(action)

    def begin(self) -> None:
        """Refuse what is queued, and start the clock for the rest."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        downloader = self._crawler.engine.downloader
        if isinstance(downloader, RegisteredDomainDownloader):
            downloader.hurry()  # a refusal needs no politeness
        self._timer = asyncio.get_running_loop().call_later(self._grace, self._cut_off_now)

    def _cut_off_now(self) -> None:
        self.cut_off.set()
        for action in self._at_cut_off:
            action()

    def _on_signal(
        self,
        loop: asyncio.AbstractEventLoop,
        scrapy_handler: Handler,
        signum: int,
        frame: FrameType | None,
    ) -> None:
        loop.call_soon_threadsafe(self.begin)
        scrapy_handler(signum, frame)


class StoppableDownloadHandler(ProxiedDownloadHandler):
    """The guarded HTTP/1.1 handler that a `BoundedStop` can cut short."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stop = crawler.get_extension(BoundedStop)
        self._hosts = crawler.get_extension(Hosts)

    async def download_request(self, request: Request) -> Response:
        """Download, unless the crawl is being stopped.

        Raises:
            StoppedError: it is, and this request was queued or out of time.
            DeferredError: the host is left alone by now.
        """
        if self._stop is None:
            return await super().download_request(request)
        if self._stop.stopping.is_set():
            raise StoppedError(request.url)
        if self._hosts is not None and (rest := self._hosts.refusal(request.url)) is not None:
            raise DeferredError(rest)  # it was let in before the host had to be left alone
        download = asyncio.ensure_future(super().download_request(request))
        cut_off = asyncio.ensure_future(self._stop.cut_off.wait())
        try:
            await asyncio.wait({download, cut_off}, return_when=asyncio.FIRST_COMPLETED)
            if download.done():
                return download.result()
            raise StoppedError(request.url)
        finally:
            download.cancel()
            cut_off.cancel()
