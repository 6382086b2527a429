"""A crawl that is answered by WARC files: nothing is asked of any network."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, NotConfigured
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler.fetch.bounded_stop import BoundedStop, StoppedError
from crawler.fetch.warc.errors import NoRecordError, OwnFailureError
from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, read_answer
from crawler.warc.records import NotRecordedError, WarcError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

    from crawler.warc.records import RecordedAnswer

T = TypeVar("T")

REPLAY_FILES: Final = "CRAWLER_REPLAY"
"""The name of the setting: WARC files, as a list, or in text separated by commas."""

TAKEN_AT: Final = "warc_taken_at"
"""The key of a request's meta under which the time of its recorded answer is."""


class Replay:
    """The WARC files of a crawl and their index, on a thread of their own; an extension."""

    def __init__(self, crawler: Crawler) -> None:
        self._files = [Path(file) for file in crawler.settings.getlist(REPLAY_FILES)]
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
        return None if self._is_stopping() else read_answer(index, url, most=most)

    def _read_files(self) -> None:
        for file in self._files:
            self._index.add(captures_in(file, should_stop=self._is_stopping))

    def _is_stopping(self) -> bool:
        stop = self._crawler.get_extension(BoundedStop)
        return stop is not None and stop.stopping.is_set()


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
