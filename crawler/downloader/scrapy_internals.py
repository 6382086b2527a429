"""All that is used of Scrapy's inside, in the one module that has to follow its changes.

Each part says what for, and why nothing public will do. pyproject.toml keeps Scrapy below the minor
version that has not been tried, and tests/test_private_api.py says in plain words what a
new one lacks. What is needed of Twisted's inside is in `crawler.downloader.http11`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader import Downloader, Slot
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from scrapy import Spider
    from scrapy.core.engine import ExecutionEngine
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

# The client that Scrapy's HTTP/1.1 handler connects with. It forgives header lines without a
# colon, and hands certificate and address to the response; a client of our own would lose both.
LenientParser = _LenientHTTPClientParser
LenientClient = _LenientHTTP11ClientProtocol
LenientClientFactory = _LenientHTTP11ClientFactory


class OwnClientHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler whose connections are made by a factory of one's own.

    Scrapy replaces the factory of Twisted's connection pool in its constructor, in this way;
    neither has a setting for it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = self.client_factory(self._default_maxsize)  # noqa: SLF001 - see above

    def client_factory(self, max_body: int) -> type[LenientClientFactory]:
        """Return the factory; `max_body` is DOWNLOAD_MAXSIZE."""
        raise NotImplementedError


class PacedDownloader(Downloader):
    """Scrapy's downloader, which lets a subclass set a slot's pace before each request.

    Delays are the downloader's alone to keep, and it reads them only where a slot is made. A
    DOWNLOADER is the interface; these two methods are where every request passes.
    """

    def set_pace(self, slot: Slot, request: Request) -> None:
        """Set the delay of a slot whose next request this is."""
        raise NotImplementedError

    def send_next(self, slot: Slot) -> None:
        """Send what waits in a slot and may be sent."""
        self._process_queue(slot)

    def _get_slot(
        self,
        request: Request,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        self.set_pace(slot, request)
        return key, slot

    def _process_queue(self, slot: Slot) -> None:
        # Every way to the next request leads here, also that of one that waited before a pause.
        if slot.queue:
            self.set_pace(slot, slot.queue[0][0])
        super()._process_queue(slot)


def in_progress(engine: ExecutionEngine | None) -> AbstractSet[Request]:
    """Return the requests whose answers are not yet dealt with.

    The engine's public `spider_is_idle` only says whether there are any, and not which.
    """
    slot = _engine_slot(engine)
    requests: AbstractSet[Request] = frozenset() if slot is None else slot.inprogress
    return requests


def ask_scheduler(engine: ExecutionEngine | None) -> None:
    """Have the engine ask the scheduler for requests soon; by itself it does every 5 seconds.

    There is no public way for a scheduler to say that it has something again.
    """
    slot = _engine_slot(engine)
    if slot is not None and slot.closing is None:
        slot.nextcall.schedule()


def _engine_slot(engine: ExecutionEngine | None) -> Any:
    return None if engine is None else engine._slot  # noqa: SLF001 - see those who call it


class RefreshRedirects(MetaRefreshMiddleware):
    """Scrapy's middleware for pages that redirect, for a reading of pages of one's own.

    Scrapy reads the page and builds the request in one method; how often a request was redirected,
    and what of it the next one keeps, is to be counted in one place.
    """

    @property
    def longest_delay(self) -> int:
        """Seconds of METAREFRESH_MAXDELAY."""
        return self._maxdelay

    def redirected(self, request: Request, response: Response, target: str, reason: str) -> Request:
        """Return the request that a redirect makes of another one.

        Raises:
            IgnoreRequest: it was redirected too often.
        """
        redirected = self._redirect_request_using_get(request, response, target)
        return self._redirect(redirected, request, reason)


class InterruptibleProcess(AsyncCrawlerProcess):
    """A process that remembers that it was told to stop, also before a crawl has begun.

    Scrapy puts its handler of signals in place when the reactor starts, whatever was there before.
    """

    was_stopped = False

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        self.was_stopped = True
        super()._signal_shutdown(signum, frame)
