"""WARC files as the network of a crawl, or as the record of what it sees."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, NotConfigured
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler import __version__, config
from crawler.downloader.exceptions import NoRecordError, OwnFailureError
from crawler.downloader.stop import StoppableDownloadHandler, StoppedError, is_stopping
from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, read_answer
from crawler.warc.records import Exchange, NotRecordedError, WarcError
from crawler.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

    from crawler.warc.records import HeaderFields, RecordedAnswer


_NOT_SENT: Final = frozenset({b"proxy-authorization"})  # to the site, that is


class Recorder:
    """The WARC file that a crawl writes, on a thread of its own; an extension.

    An answer is in the file before anything is made of it, so that the file has all that the
    ledger says of an answer, however the run ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        name = config.RECORD.of(crawler.settings)
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
                    self._path, self._info, should_stop=partial(is_stopping, self._crawler)
                )
            self._writer.write(exchange)
        except (WarcError, OSError) as error:
            self._failure = error
            raise OwnFailureError(f"{self._path} cannot be written: {error}") from error

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()


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
        "operator": config.CONTACT.of(settings),
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
    }


T = TypeVar("T")


TAKEN_AT: Final = "warc_taken_at"
"""The key of a request's meta under which the time of its recorded answer is."""


class Replay:
    """The WARC files of a crawl and their index, on a thread of their own; an extension."""

    def __init__(self, crawler: Crawler) -> None:
        self._files = [Path(file) for file in config.REPLAY.of(crawler.settings)]
        if not self._files:
            raise NotConfigured
        self._crawler = crawler
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replay")
        self._index = CaptureIndex()
        self._ready: asyncio.Task[None] | None = None
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension.

        Raises:
            NotConfigured: the crawl is answered by the network.
        """
        return cls(crawler)

    async def run(self, work: Callable[[CaptureIndex], T]) -> T:
        """Do some work with the index on its thread; the first call makes the index.

        Raises:
            WarcError, OSError: a file cannot be read.
        """
        if self._ready is None:
            self._ready = asyncio.ensure_future(self._in_thread(self._read_files))
        await asyncio.shield(self._ready)
        return await self._in_thread(lambda: work(self._index))

    async def answer(self, url: str, most: int) -> RecordedAnswer:
        """Return the recorded answer for a URL.

        Raises:
            StoppedError: the crawl is being stopped.
            NoRecordError: there is none.
            OwnFailureError: a file cannot be read.
        """
        try:
            answer = await self.run(partial(self._answer, url, most))
        except NotRecordedError as error:
            raise NoRecordError(str(error)) from error
        except (WarcError, OSError) as error:
            raise OwnFailureError(str(error)) from error
        if answer is None:
            raise StoppedError(url)
        return answer

    async def engine_stopped(self) -> None:
        """Let the index go."""
        await self._in_thread(self._index.close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _answer(self, url: str, most: int, index: CaptureIndex) -> RecordedAnswer | None:
        return None if is_stopping(self._crawler) else read_answer(index, url, most=most)

    def _read_files(self) -> None:
        for file in self._files:
            self._index.add(captures_in(file, should_stop=partial(is_stopping, self._crawler)))


class ReplayDownloadHandler:
    """Gives the recorded answer in the place of a download."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        replay = crawler.get_extension(Replay)
        if replay is None:
            raise NotConfigured
        self._replay = replay
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the handler.

        Raises:
            NotConfigured: there is no extension `Replay`.
        """
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Return the recorded answer, with its time in the request's meta.

        Raises:
            DownloadCancelledError: it is larger than DOWNLOAD_MAXSIZE.
            StoppedError, NoRecordError, OwnFailureError: as `Replay.answer`.
        """
        limit = request.meta.get("download_maxsize", self._most) or sys.maxsize - 1
        answer = await self._replay.answer(request.url, limit)
        if len(answer.body) > limit:
            raise DownloadCancelledError(f"{request.url}: larger than {limit} bytes")
        request.meta[TAKEN_AT] = answer.taken_at
        headers = Headers()
        for name, value in answer.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=answer.body)
        flags = ["download_stopped"] if answer.is_cut else []
        return kind(
            url=request.url, status=answer.status, headers=headers, body=answer.body, flags=flags
        )

    async def close(self) -> None:
        """Have nothing to close."""
