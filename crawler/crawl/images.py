"""Asks for the images of articles, one of a host at a time, once the articles are there."""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

from scrapy import Request

from crawler import config
from crawler.crawl.faults import fault_detail
from crawler.crawl.fetching import RUN_ENDING, CrawlTask, fetch
from crawler.downloader.outcome import outcome_of_error, state_of_status
from crawler.downloader.partial import FIRST_BYTES, FirstBytes
from crawler.downloader.retry import NO_STRIKES
from crawler.extraction.pool.extraction_pool import ExtractionPool
from crawler.extraction.pool.page_worker import ExtractionKilledError, ExtractionRaisedError
from crawler.images.policy import ImageJob, ImagePolicy, image_memory, study_image
from crawler.images.size import ImageFacts
from crawler.ledger.records import ImageRecord
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import Crawler

    from crawler.crawl.ledger_thread import LedgerMemory, LedgerThread

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("crawler.run")

_WINDOW: Final = 100  # sources that are looked at in one go
_MOST_WAITING: Final = 2_000  # images
# Nearly all formats say their size at once; JPEG may have a preview and colour profiles before it.
_HEADS: Final = (32 * 1024, 256 * 1024)
_MOST_FAILURES: Final = 3  # in a row of one host, before its images are left to a later run
_PROBLEM_LENGTH: Final = 200
_ACCEPT: Final = "image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml,image/*;q=0.8"
_KILLED: Final = {"time": "takes too long", "memory": "takes too much memory", "crash": "crashes"}


@dataclass(slots=True)
class _Waiting:
    """A source, and those of its images that were asked for and have not come."""

    key: str
    left: set[str]


class ImageFetcher:
    """Asks for images in the order of their sources; none of them ever fails a source.

    What is to be asked for follows from the ledger alone: each image's end is remembered at once,
    so that a killed run is completed by the next one.
    """

    def __init__(
        self,
        policy: ImagePolicy,
        ledger_thread: LedgerThread,
        memory: LedgerMemory,
        crawler: Crawler,
    ) -> None:
        self._policy = policy
        self._ledger_thread = ledger_thread
        self._memory = memory
        self._crawler = crawler  # its stats come with the crawl's start
        self._sources: dict[str, list[_Waiting]] = {}  # by URL of an image
        self._lines: dict[str, deque[str]] = {}  # by host; the first URL of each is asked for
        self._failures: Counter[str] = Counter()  # in a row, by host
        self._pool: ExtractionPool[ImageJob, ImageFacts] = ExtractionPool(
            study_image,
            ImageFacts,
            workers=1,
            page_seconds=config.EXTRACTION_SECONDS.of(crawler.settings),
            memory_bytes=image_memory(policy.most_pixels if policy.copies else 0),
        )

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, ledger_thread: LedgerThread, memory: LedgerMemory
    ) -> Self | None:
        """Make it; None: no image is wanted.

        Raises:
            OptionError: a CRAWLER_IMAGE* setting makes no sense.
        """
        policy = ImagePolicy.from_settings(crawler.settings)
        return None if policy is None else cls(policy, ledger_thread, memory, crawler)

    @property
    def is_full(self) -> bool:
        """Whether so many images wait that no more should be looked for."""
        return len(self._sources) > _MOST_WAITING

    async def tasks(self) -> AsyncIterator[list[CrawlTask[None]]]:
        """Yield what fetches the images that are wanted and not known, some sources at a time."""
        last = 0
        while True:
            wanted = self._ledger_thread.crawl.images_wanted
            found = await self._in_ledger(wanted, self._policy, last, _WINDOW)
            if found is None or found.last is None:
                return
            last = found.last
            tasks = []
            for key, urls in found.urls.items():
                source = _Waiting(key, {url for url in urls if not self._is_given_up(url)})
                tasks += [self._put_in_line(url, source) for url in urls if url in source.left]
                if not source.left:
                    await self._complete(key)
            yield list(filter(None, tasks))

    def kill(self) -> None:
        """End the worker now."""
        self._pool.kill()

    async def close(self) -> None:
        """End the worker once it is done."""
        await self._pool.close()

    def _is_given_up(self, url: str) -> bool:
        return self._failures[_host(url)] >= _MOST_FAILURES

    def _put_in_line(self, url: str, source: _Waiting) -> CrawlTask[None] | None:
        """Have an image asked for after those of its host; return what does it if it is the first.

        One image of a host is asked for at a time, so that few are until it is given up.
        """
        sources = self._sources.setdefault(url, [])
        sources.append(source)
        if len(sources) > 1:
            return None
        line = self._lines.setdefault(_host(url), deque())
        line.append(url)
        return CrawlTask(self._images_of_host(line), url) if len(line) == 1 else None

    async def _images_of_host(self, line: deque[str]) -> None:
        """Ask for the images in the line of a host, and tell their sources."""
        while line:
            image = line[0]
            await self._image(image)
            done = [line.popleft()]
            if self._is_given_up(image):
                done += line
                line.clear()
            if not line:
                del self._lines[_host(image)]
            for url in done:
                for source in self._sources.pop(url, ()):
                    source.left.discard(url)
                    if not source.left:
                        await self._complete(source.key)

    async def _image(self, image: str) -> None:
        """Ask for an image, and remember how that ended.

        Raises:
            BaseException: one of `RUN_ENDING`: nothing was learned of it.
        """
        try:
            await self._asked_for(image)
        except RUN_ENDING:
            raise
        except Exception as error:
            logger.exception("an internal error at %s", image)
            problem = f"{State.INTERNAL_ERROR}: {fault_detail(error)}"
            await self._in_ledger(self._ledger_thread.crawl.on_fault, f"{image}: {problem}")
            try:
                await self._fail(image, problem, may_pass=True, blames_host=False)
            except Exception:  # perhaps the same again; the next images are asked for all the same
                logger.exception("an internal error at %s", image)

    async def _asked_for(self, image: str) -> None:
        for attempt in range(len(_HEADS)):
            result = await fetch(self._request(image, attempt))
            if result.response is None:
                assert result.error is not None
                state, detail = outcome_of_error(result.error)
                blames_host = state.is_transient and state is not State.INTERNAL_ERROR
                await self._fail(
                    image,
                    f"{state}: {detail}",
                    may_pass=state.is_transient,
                    blames_host=blames_host,
                )
                return
            bad = state_of_status(result.response.status)
            if bad is not None:
                problem = f"HTTP {result.response.status}"
                await self._fail(
                    image, problem, may_pass=bad.is_transient, blames_host=not bad.is_lost
                )
                return
            self._failures.pop(_host(image), None)
            data = result.response.body
            try:
                facts = await self._facts(data)
            except ExtractionKilledError as error:
                # No image below the limit takes so much: it is this machine that has too little.
                is_ours = error.reason == "memory"
                problem = f"it {_KILLED[error.reason]}"
                await self._fail(image, problem, may_pass=is_ours, blames_host=False)
                return
            is_cut = not self._policy.copies and len(data) >= _HEADS[attempt]
            is_last = attempt + 1 == len(_HEADS)
            if is_last or not (facts.format and facts.problem and is_cut):
                await self._keep(image, facts, data)
                return

    def _request(self, url: str, attempt: int) -> Request:
        meta: dict[str, Any] = {"dont_retry": True, NO_STRIKES: True}
        headers = {"Accept": _ACCEPT}
        if self._policy.copies:
            meta["download_maxsize"] = self._policy.most_bytes
        else:
            head = _HEADS[attempt]
            # A coded body could not be read from its beginning.
            headers |= {"Range": f"bytes=0-{head - 1}", "Accept-Encoding": "identity"}
            meta[FIRST_BYTES] = head
            if self._crawler.get_extension(FirstBytes) is not None:
                meta["download_maxsize"] = 0  # of what is announced; it is not read to its end
        self._count("asked")
        return Request(url, headers=headers, meta=meta, priority=-10, dont_filter=True)

    async def _facts(self, data: bytes) -> ImageFacts:
        pixels = self._policy.most_pixels if self._policy.copies else 0
        try:
            return await self._pool.extract(ImageJob(data, pixels, self._policy.thumbnail_width))
        except ExtractionRaisedError as error:
            return ImageFacts(problem=plain_text(f"cannot be read: {error}", limit=_PROBLEM_LENGTH))

    async def _fail(self, image: str, problem: str, *, may_pass: bool, blames_host: bool) -> None:
        self._failures[_host(image)] += blames_host
        self._count("failed")
        record = ImageRecord(now_text(), problem, may_pass=may_pass)
        await self._memory.keep_image(image, record)

    async def _keep(self, image: str, facts: ImageFacts, data: bytes) -> None:
        self._count("read" if facts.problem is None else "failed")
        ledger_thread = self._ledger_thread
        try:
            copy = data if self._policy.copies else None
            record = await ledger_thread.run(ledger_thread.crawl.image_record, facts, copy)
        except OSError as error:
            record = ImageRecord(now_text(), f"not written: {error.strerror}", may_pass=True)
        await self._memory.keep_image(image, record)

    async def _complete(self, key: str) -> None:
        """Have the items of a source written again, whose images are complete now."""
        await self._in_ledger(self._ledger_thread.crawl.store_images, key, self._policy)

    async def _in_ledger(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do some work on the ledger's thread; None: it has failed, and the other images go on.

        Raises:
            sqlite3.Error: nothing can be kept.
        """
        try:
            return await self._ledger_thread.run(work, *args, **kwargs)
        except sqlite3.Error:
            raise
        except Exception as error:
            logger.exception("an internal error at the images of an article")
            crawl = self._ledger_thread.crawl
            if work != crawl.on_fault:
                told = f"images: {State.INTERNAL_ERROR}: {fault_detail(error)}"
                await self._in_ledger(crawl.on_fault, told)
            return None

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/images/{what}")


def _host(url: str) -> str:
    return urlsplit(url).netloc
