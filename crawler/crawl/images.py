"""Asks for the images of articles, as requests of the crawl, once the articles are there."""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

from scrapy import Request

from crawler import config
from crawler.crawl.faults import settles_faults
from crawler.downloader.outcome import state_of_status
from crawler.downloader.partial import FIRST_BYTES, FirstBytes
from crawler.downloader.retry import NO_STRIKES
from crawler.extraction.pool.extraction_pool import ExtractionPool, ExtractionPoolError
from crawler.extraction.pool.page_worker import ExtractionKilledError, ExtractionRaisedError
from crawler.images.policy import ImageJob, ImageWish, image_memory, study_image
from crawler.images.size import ImageFacts
from crawler.ledger.records import ImageRecord
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.spiders.source import SourceSpider

P = ParamSpec("P")
T = TypeVar("T")

_WINDOW: Final = 100  # sources that are looked at in one go
_MOST_WAITING: Final = 2_000  # images
# Nearly all formats say their size at once; JPEG may have a preview and colour profiles before it.
_HEADS: Final = (32 * 1024, 256 * 1024)
_MOST_FAILURES: Final = 3  # in a row of one host, before its images are left to a later run
_PROBLEM_LENGTH: Final = 200
_ACCEPT: Final = "image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml,image/*;q=0.8"
_KILLED: Final = {"time": "takes too long", "memory": "takes too much memory", "crash": "crashes"}


@dataclass(slots=True)
class _Errand:
    """A source, and those of its images that were asked for and have not come."""

    key: str
    left: set[str]


class ImageDesk:
    """Asks for images in the order of their sources; none of them ever fails a source.

    What is to be asked for follows from the ledger alone: each image's end is remembered at once,
    so that a killed run is completed by the next one.
    """

    def __init__(self, wish: ImageWish, spider: SourceSpider, crawler: Crawler) -> None:
        self._wish = wish
        self._spider = spider
        self._crawler = crawler  # its stats come with the crawl's start
        self._errands: dict[str, list[_Errand]] = {}  # by URL
        self._lines: dict[str, deque[str]] = {}  # by host; the first URL of each is asked for
        self._failures: Counter[str] = Counter()  # in a row, by host
        settings = crawler.settings
        self._pool: ExtractionPool[ImageJob, ImageFacts] = ExtractionPool(
            study_image,
            ImageFacts,
            workers=1,
            page_seconds=config.EXTRACTION_SECONDS.of(settings),
            memory_bytes=image_memory(wish.most_pixels if wish.copies else 0),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, spider: SourceSpider) -> Self | None:
        """Make the desk; None: no image is wanted.

        Raises:
            OptionError: a CRAWLER_IMAGE* setting makes no sense.
        """
        wish = ImageWish.from_settings(crawler.settings)
        return None if wish is None else cls(wish, spider, crawler)

    @property
    def is_full(self) -> bool:
        """Whether so many images wait that no more should be looked for."""
        return len(self._errands) > _MOST_WAITING

    async def requests(self) -> AsyncIterator[list[Request]]:
        """Yield the first requests for what is wanted and not known, some sources at a time."""
        crawl = self._spider.ledger_thread.crawl
        last = 0
        while True:
            found = await self._book(crawl.images_wanted, self._wish, last, _WINDOW)
            if found is None or found.last is None:
                return
            last = found.last
            requests = []
            for key, urls in found.urls.items():
                errand = _Errand(key, {url for url in urls if not self._is_given_up(url)})
                requests += [self._put_in_line(url, errand) for url in urls if url in errand.left]
                if not errand.left:
                    await self._book(crawl.store_images, key, self._wish)
            yield list(filter(None, requests))

    def kill(self) -> None:
        """End the worker now."""
        self._pool.kill()

    async def close(self) -> None:
        """End the worker once it is done."""
        await self._pool.close()

    def _is_given_up(self, url: str) -> bool:
        return self._failures[_host(url)] >= _MOST_FAILURES

    def _put_in_line(self, url: str, errand: _Errand) -> Request | None:
        """Have an image asked for after those of its host; return the request if it is the first.

        One image of a host is asked for at a time, so that few are until it is given up.
        """
        waiting = self._errands.setdefault(url, [])
        waiting.append(errand)
        if len(waiting) > 1:
            return None
        line = self._lines.setdefault(_host(url), deque())
        line.append(url)
        return self._request(url, 0) if len(line) == 1 else None

    async def _next(self, image: str) -> AsyncIterator[Request]:
        """Tell that an image is done, and yield the request for the next one of its host."""
        line = self._lines[_host(image)]
        done = [line.popleft()]
        if self._is_given_up(image):
            done += line
            line.clear()
        following = line[0] if line else None
        if following is None:
            del self._lines[_host(image)]
        for url in done:
            await self._tell(url)
        if following is not None:
            yield self._request(following, 0)

    def _request(self, url: str, attempt: int) -> Request:
        meta: dict[str, Any] = {"dont_retry": True, NO_STRIKES: True}
        headers = {"Accept": _ACCEPT}
        if self._wish.copies:
            meta["download_maxsize"] = self._wish.most_bytes
        else:
            head = _HEADS[attempt]
            # A coded body could not be read from its beginning.
            headers |= {"Range": f"bytes=0-{head - 1}", "Accept-Encoding": "identity"}
            meta[FIRST_BYTES] = head
            if self._crawler.get_extension(FirstBytes) is not None:
                meta["download_maxsize"] = 0  # of what is announced; it is not read to its end
        self._count("asked")
        return Request(
            url,
            headers=headers,
            callback=self.came,
            errback=self.failed,
            cb_kwargs={"image": url, "attempt": attempt},
            meta=meta,
            priority=-10,
            dont_filter=True,
        )

    @settles_faults
    async def came(self, response: Response, image: str, attempt: int) -> AsyncIterator[Request]:
        """Read an image, or ask for more of it; yield the request for what is next."""
        state = state_of_status(response.status)
        if state is not None:
            problem, blames_host = f"HTTP {response.status}", not state.is_lost
            await self._fail(image, problem, may_pass=state.is_transient, blames_host=blames_host)
        else:
            self._failures.pop(_host(image), None)
            try:
                facts = await self._facts(response.body)
            except ExtractionPoolError as error:
                self._spider.pool_failed(error)
                return
            except ExtractionKilledError as error:
                # No image below the limit takes so much: it is this machine that has too little.
                is_ours = error.reason == "memory"
                problem = f"it {_KILLED[error.reason]}"
                await self._fail(image, problem, may_pass=is_ours, blames_host=False)
                async for request in self._next(image):
                    yield request
                return
            is_cut = not self._wish.copies and len(response.body) >= _HEADS[attempt]
            if facts.format and facts.problem and is_cut and attempt + 1 < len(_HEADS):
                yield self._request(image, attempt + 1)
                return
            await self._store_visit(image, facts, response.body)
        async for request in self._next(image):
            yield request

    @settles_faults
    async def failed(self, failure: Failure) -> AsyncIterator[Request]:
        """Note that an image gave no answer; yield the request for what is next."""
        error = failure.value
        outcome = self._spider.outcome_of(error)
        if outcome is None:
            return  # nothing was learned of it
        asked: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        state, detail = outcome
        image, may_pass = asked.cb_kwargs["image"], state.is_transient
        problem, is_ours = f"{state}: {detail}", state is State.INTERNAL_ERROR
        await self._fail(image, problem, may_pass=may_pass, blames_host=may_pass and not is_ours)
        async for request in self._next(image):
            yield request

    async def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Request]:
        """Note a fault of our own; yield the request for what is next."""
        detail = self._spider.fault(error, request.url)
        if detail is None:
            return
        image, problem = request.cb_kwargs["image"], f"{State.INTERNAL_ERROR}: {detail}"
        await self._book(self._spider.ledger_thread.crawl.on_fault, f"{image}: {problem}")
        try:
            await self._fail(image, problem, may_pass=True, blames_host=False)
        except Exception as again:  # noqa: BLE001 - the next images are asked for all the same
            self._spider.fault(again, image)
        async for following in self._next(image):
            yield following

    async def _facts(self, data: bytes) -> ImageFacts:
        pixels = self._wish.most_pixels if self._wish.copies else 0
        try:
            return await self._pool.extract(ImageJob(data, pixels, self._wish.thumbnail_width))
        except ExtractionRaisedError as error:
            return ImageFacts(problem=plain_text(f"cannot be read: {error}", limit=_PROBLEM_LENGTH))

    async def _fail(self, image: str, problem: str, *, may_pass: bool, blames_host: bool) -> None:
        self._failures[_host(image)] += blames_host
        self._count("failed")
        record = ImageRecord(now_text(), problem, may_pass=may_pass)
        await self._spider.memory.keep_image(image, record)

    async def _store_visit(self, image: str, facts: ImageFacts, data: bytes) -> None:
        self._count("read" if facts.problem is None else "failed")
        ledger_thread = self._spider.ledger_thread
        try:
            copy = data if self._wish.copies else None
            record = await ledger_thread.run(ledger_thread.crawl.image_record, facts, copy)
        except OSError as error:
            record = ImageRecord(now_text(), f"not written: {error.strerror}", may_pass=True)
        await self._spider.memory.keep_image(image, record)

    async def _tell(self, image: str) -> None:
        """Have those items written again whose images are complete now."""
        crawl = self._spider.ledger_thread.crawl
        for errand in self._errands.pop(image, ()):
            errand.left.discard(image)
            if not errand.left:
                await self._book(crawl.store_images, errand.key, self._wish)

    async def _book(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return await self._spider.ledger_thread.run(work, *args, **kwargs)
        except sqlite3.Error as error:
            self._spider.cannot_keep(error)
            return None
        except Exception as error:  # noqa: BLE001 - the other images go on
            detail = self._spider.fault(error, "the images of an article")
            ledger_thread = self._spider.ledger_thread
            if detail is not None and work != ledger_thread.crawl.on_fault:
                await self._book(
                    ledger_thread.crawl.on_fault, f"images: {State.INTERNAL_ERROR}: {detail}"
                )
            return None

    def _count(self, what: str) -> None:
        self._crawler.stats.inc_value(f"crawler/images/{what}")


def _host(url: str) -> str:
    return urlsplit(url).netloc
