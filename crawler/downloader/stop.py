"""Ctrl-C, SIGTERM and the longest run end a crawl in bounded time, what is in flight finished."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler import config
from crawler.downloader.exceptions import DeferredError
from crawler.downloader.host_state import Hosts, led_by
from crawler.downloader.http11 import SPENT
from crawler.downloader.own_trouble import (
    OwnTroubleError,
    Pulse,
    has_descriptors,
    shortage,
)
from crawler.downloader.proxies import ProxiedDownloadHandler
from crawler.downloader.scheduler import SiteDownloader
from crawler.summary import INTERRUPTED, OUT_OF_TIME

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

_OF_THE_NETWORK: Final = (
    DownloadTimeoutError,
    DownloadFailedError,
    ResponseDataLossError,
    ConnectError,
    ConnectionClosed,
)

Handler = Callable[[int, FrameType | None], Any]


class StoppedError(IgnoreRequest):
    """The crawl was stopped before this request had its answer; nothing was learned."""


def is_stopping(crawler: Crawler) -> bool:
    """Whether a crawl is being stopped; one without a `BoundedStop` never is."""
    stop = crawler.get_extension(BoundedStop)
    return stop is not None and stop.stopping.is_set()


class BoundedStop:
    """Bounds how long a crawl goes on: to `CRAWLER_STOP_GRACE` seconds once it is stopped.

    It is stopped by a signal, or by `CRAWLER_MAX_RUN_SECONDS`.

    Scrapy waits for every request that it has handed to the downloader, queued ones included,
    each for up to its time-out. Here a stop refuses the queued ones at once, and cuts off the
    rest when the grace is over. What is not finished is due in the next run.

    Attributes:
        stopping: set once a stop was asked for; may be asked from any thread.
        cut_off: set once the grace is over.
        reason: how a run that was stopped has ended.
    """

    reason = INTERRUPTED

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._grace = config.STOP_GRACE.of(crawler.settings)
        self._longest = config.MAX_RUN_SECONDS.of(crawler.settings) or None
        self._deadline: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
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
        if threading.current_thread() is not threading.main_thread():
            return  # `scrapy shell` crawls beside its prompt, which is what signals are for
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(signum)
            if callable(handler):
                self._replaced[signum] = signal.signal(
                    signum, partial(self._on_signal, loop, handler)
                )

    def engine_stopped(self) -> None:
        """Forget the timer and the handlers."""
        for timer in (self._timer, self._deadline):
            if timer is not None:
                timer.cancel()
        for signum, handler in self._replaced.items():
            ours = signal.getsignal(signum)
            if isinstance(ours, partial) and ours.func == self._on_signal:
                signal.signal(signum, handler)

    def begin_to_count(self) -> None:
        """Have the crawl stopped when the longest run is over, counted from now."""
        if self._longest is not None and self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self._longest, self._is_out_of_time)

    def _is_out_of_time(self) -> None:
        if not self.stopping.is_set():
            self.reason = OUT_OF_TIME
            self.begin()
            self._ending = asyncio.ensure_future(self._crawler.stop_async())

    def at_cut_off(self, action: Callable[[], object]) -> None:
        """Have something done when the grace is over."""
        self._at_cut_off.append(action)

    def begin(self) -> None:
        """Refuse what is queued, and start the clock for the rest."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        downloader = self._crawler.engine.downloader
        if isinstance(downloader, SiteDownloader):
            downloader.hurry()  # a refusal needs no politeness
        self._timer = asyncio.get_running_loop().call_later(self._grace, self._cut_off_now)

    def cut_short(self) -> None:
        """Refuse what is queued, and cut off the rest without a grace."""
        self.begin()
        if not self.cut_off.is_set():
            self._cut_off_now()

    def _cut_off_now(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
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
        self._pulse = crawler.get_extension(Pulse)

    async def download_request(self, request: Request) -> Response:
        """Download, unless the crawl is being stopped.

        Raises:
            StoppedError: it is, and this request was queued or out of time.
            DeferredError: the host is left alone by now.
            OwnTroubleError: there was no answer for a reason of our own.
        """
        if self._stop is None:
            return await self._download(request)
        if self._stop.stopping.is_set():
            raise StoppedError(request.url)
        if self._hosts is not None:
            rest = self._hosts.refusal(request.url, via=led_by(request))
            if rest is not None:  # it was let in before the host had to be left alone
                raise DeferredError(rest, self._hosts.time_of(rest))
        download = asyncio.ensure_future(self._download(request))
        cut_off = asyncio.ensure_future(self._stop.cut_off.wait())
        try:
            await asyncio.wait({download, cut_off}, return_when=asyncio.FIRST_COMPLETED)
            if download.done():
                return download.result()
            raise StoppedError(request.url)
        finally:
            download.cancel()
            cut_off.cancel()

    async def _download(self, request: Request) -> Response:
        started, spent = time.monotonic(), request.meta.get(SPENT, 0.0)
        try:
            return await super().download_request(request)
        except Exception as error:
            reason = self._own_reason(error, request, started)
            if reason is None:
                raise
            request.meta[SPENT] = spent
            raise OwnTroubleError(reason) from error

    def _own_reason(self, error: Exception, request: Request, started: float) -> str | None:
        """Say what of our own has made a download fail; None: nothing."""
        pulse = self._pulse
        may_be_offline = pulse is not None and not pulse.has_answered(started)
        if reason := shortage(error, may_be_offline=may_be_offline):
            return reason
        if isinstance(error, CannotResolveHostError) and not has_descriptors():
            return "too many open files"
        if pulse is not None and isinstance(error, _OF_THE_NETWORK):
            return pulse.excuse(request, started)
        return None
