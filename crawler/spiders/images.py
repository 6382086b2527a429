"""Asks for the images of articles, as requests of the crawl, once the articles are there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from scrapy import Request

from crawler.extraction.pool.extraction_pool import ExtractionPool, ExtractionPoolError
from crawler.extraction.pool.page_worker import ExtractionKilledError
from crawler.fetch.bounded_stop import StoppedError
from crawler.fetch.first_bytes import FIRST_BYTES, FirstBytes
from crawler.fetch.hosts.gate import NO_STRIKES
from crawler.fetch.outcome import outcome_of_error, state_of_status
from crawler.images.size import ImageFacts
from crawler.images.wish import ImageWish
from crawler.images.work import ImageJob, study_image
from crawler.ledger.records import ImageRecord
from crawler.moments import now_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.spiders.source import SourceSpider

_WINDOW: Final = 100  # sources whose images are asked for at once
# Nearly all formats say their size at once; JPEG may have a preview and colour profiles before it.
_HEADS: Final = (32 * 1024, 256 * 1024)
_MOST_FAILURES: Final = 3  # in a row of one host, before its images are left to a later run
_BYTES_A_PIXEL: Final = 8  # decoded, and once more as it is turned or made small
_ROOM: Final = 96 * 1024 * 1024
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
        self._failures: Counter[str] = Counter()  # in a row, by host
        settings = crawler.settings
        self._pool: ExtractionPool[ImageJob, ImageFacts] = ExtractionPool(
            study_image,
            workers=1,
            page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
            memory_bytes=_ROOM + (_BYTES_A_PIXEL * wish.most_pixels if wish.copies else 0),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, spider: SourceSpider) -> Self | None:
        """Make the desk; None: no image is wanted.

        Raises:
            OptionError: a CRAWLER_IMAGE* setting makes no sense.
        """
        wish = ImageWish.from_settings(crawler.settings)
        return None if wish is None else cls(wish, spider, crawler)

    async def requests(self) -> AsyncIterator[list[Request]]:
        """Yield the requests for what is wanted and not known, some sources at a time."""
        books = self._spider.books
        last = 0
        while True:
            found = await books.run(books.crawl.images_wanted, self._wish, last, _WINDOW)
            if found.last is None:
                return
            last = found.last
            requests = []
            for key, urls in found.urls.items():
                errand = _Errand(key, {url for url in urls if not self._is_given_up(url)})
                requests += [self._first_request(url, errand) for url in urls if url in errand.left]
                if not errand.left:
                    await books.run(books.crawl.settle_images, key)
            yield list(filter(None, requests))

    def kill(self) -> None:
        """End the worker now."""
        self._pool.kill()

    async def close(self) -> None:
        """End the worker once it is done."""
        await self._pool.close()

    def _is_given_up(self, url: str) -> bool:
        return self._failures[_host(url)] >= _MOST_FAILURES

    def _first_request(self, url: str, errand: _Errand) -> Request | None:
        waiting = self._errands.setdefault(url, [])
        waiting.append(errand)
        return self._request(url, 0) if len(waiting) == 1 else None

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

    async def came(self, response: Response, image: str, attempt: int) -> AsyncIterator[Request]:
        """Read an image, or ask for more of it."""
        state = state_of_status(response.status)
        if state is not None:
            await self._fail(image, f"HTTP {response.status}", may_pass=state.is_transient)
            return
        self._failures.pop(_host(image), None)
        pixels = self._wish.most_pixels if self._wish.copies else 0
        job = ImageJob(response.body, pixels, self._wish.thumbnail_width)
        try:
            facts = await self._pool.extract(job)
        except ExtractionKilledError as error:
            facts = ImageFacts(problem=f"it {_KILLED[error.reason]}")
        except ExtractionPoolError as error:
            self._spider.pool_failed(error)
            return
        is_cut = not self._wish.copies and len(response.body) >= _HEADS[attempt]
        if facts.format and facts.problem and is_cut and attempt + 1 < len(_HEADS):
            yield self._request(image, attempt + 1)
            return
        await self._settle(image, facts, response.body)

    async def failed(self, failure: Failure) -> None:
        """Note that an image gave no answer."""
        error = failure.value
        if error is None or isinstance(error, StoppedError):
            return  # nothing was learned of it
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        state, detail = outcome_of_error(error)
        image = request.cb_kwargs["image"]
        await self._fail(image, f"{state}: {detail}", may_pass=state.is_transient)

    async def _fail(self, image: str, problem: str, *, may_pass: bool) -> None:
        if may_pass:
            self._failures[_host(image)] += 1
        self._count("failed")
        record = ImageRecord(now_text(), problem, may_pass=may_pass)
        await self._spider.memory.keep_image(image, record)
        await self._tell(image)

    async def _settle(self, image: str, facts: ImageFacts, data: bytes) -> None:
        self._count("read" if facts.problem is None else "failed")
        books = self._spider.books
        try:
            copy = data if self._wish.copies else None
            record = await books.run(books.crawl.image_record, facts, copy)
        except OSError as error:
            record = ImageRecord(now_text(), f"not written: {error.strerror}", may_pass=True)
        await self._spider.memory.keep_image(image, record)
        await self._tell(image)

    async def _tell(self, image: str) -> None:
        """Have those items written again whose images are complete now."""
        books = self._spider.books
        for errand in self._errands.pop(image, ()):
            errand.left.discard(image)
            if not errand.left:
                await books.run(books.crawl.settle_images, errand.key)

    def _count(self, what: str) -> None:
        self._crawler.stats.inc_value(f"crawler/images/{what}")


def _host(url: str) -> str:
    return urlsplit(url).netloc
