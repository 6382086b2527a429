"""Keeps what a crawl sees as a WARC file."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler import __version__
from crawler.fetch.bounded_stop import BoundedStop, StoppableDownloadHandler
from crawler.fetch.warc.errors import OwnFailureError
from crawler.warc.records import Exchange, WarcError
from crawler.warc.writer import WarcWriter

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from scrapy.http.headers import Headers

    from crawler.warc.records import HeaderFields

RECORD_FILE: Final = "CRAWLER_RECORD"
"""The name of the setting: the file that is appended to."""

_NOT_SENT: Final = frozenset({b"proxy-authorization"})  # to the site, that is


class Recorder:
    """The WARC file that a crawl writes, on a thread of its own; an extension.

    An answer is in the file before anything is made of it, so that the file has all that the
    ledger says of an answer, however the run ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        name = crawler.settings.get(RECORD_FILE)
        if not name:
            raise NotConfigured
        self._path = Path(name)
        self._info = _warcinfo(crawler)
        self._crawler = crawler
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")
        self._writer: WarcWriter | None = None
        self._failure: Exception | None = None
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension.

        Raises:
            NotConfigured: nothing is to be recorded.
        """
        return cls(crawler)

    async def keep(self, request: Request, response: Response) -> None:
        """Write a request and its answer; the first call opens the file.

        Raises:
            OwnFailureError: it cannot be written.
        """
        exchange = _exchange(request, response)
        loop = asyncio.get_running_loop()
        # A download that is cut off midway goes on being written.
        await asyncio.shield(loop.run_in_executor(self._thread, self._write, exchange))

    async def engine_stopped(self) -> None:
        """Close the file."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _write(self, exchange: Exchange) -> None:
        try:
            if self._failure is not None:
                raise self._failure
            if self._writer is None:
                self._writer = WarcWriter.open(
                    self._path, self._info, should_stop=self._is_stopping
                )
            self._writer.write(exchange)
        except (WarcError, OSError) as error:
            self._failure = error
            raise OwnFailureError(f"{self._path} cannot be written: {error}") from error

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _is_stopping(self) -> bool:
        stop = self._crawler.get_extension(BoundedStop)
        return stop is not None and stop.stopping.is_set()


class RecordingDownloadHandler(StoppableDownloadHandler):
    """The handler of every crawl, whose answers are recorded as they came."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._recorder = crawler.get_extension(Recorder)

    async def download_request(self, request: Request) -> Response:
        """Download and record.

        Raises:
            OwnFailureError: the answer cannot be recorded.
        """
        response = await super().download_request(request)
        if self._recorder is not None:
            await self._recorder.keep(request, response)
        return response


def _exchange(request: Request, response: Response) -> Exchange:
    parts = urlsplit(request.url)
    # A connection to a proxy says nothing of the site.
    address = None if request.meta.get("proxy") else response.ip_address
    sent = request.headers
    return Exchange(
        url=request.url,
        method=request.method,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        request_headers=((b"Host", parts.netloc.encode()), *_fields(sent)),
        request_body=request.body,
        status=response.status,
        headers=_fields(response.headers),
        body=response.body,
        protocol=response.protocol or "HTTP/1.1",
        ip_address=None if address is None else str(address),
        is_cut="download_stopped" in response.flags,
    )


def _fields(headers: Headers) -> HeaderFields:
    return tuple(
        (name, value)
        for name in headers
        if name.lower() not in _NOT_SENT
        for value in headers.getlist(name)
    )


def _warcinfo(crawler: Crawler) -> dict[str, str]:
    settings = crawler.settings
    return {
        "software": f"frontmatter-crawler/{__version__}",
        "http-header-user-agent": settings["USER_AGENT"],
        "operator": settings.get("CRAWLER_CONTACT", ""),
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
    }
