"""Asks the archive for lost sources, one at a time, as requests of the crawl."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request
from scrapy.utils.httpobj import urlparse_cached

from crawler import config
from crawler.crawl.faults import fault_hop, settles_faults
from crawler.crawl.reading import read_page
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.stop import StoppedError
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.ledger.records import Snapshot
from crawler.states import State
from crawler.timestamps import moment, now_text, utc_text
from crawler.urls.canonical import url_key
from crawler.web_archive import (
    ArchiveAnswerError,
    archive_from_settings,
    joined,
    moment_of_snapshot,
    page_of_snapshot,
    snapshot_time,
    still_holds,
    urls_to_ask,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.crawl.trail import Trail
    from crawler.spiders.source import SourceSpider
    from crawler.web_archive import Archive


def give_archive_a_slot(settings: BaseSettings) -> None:
    """Pace the archive by CRAWLER_WAYBACK_DELAY, unless DOWNLOAD_SLOTS says otherwise.

    Raises:
        OptionError: a CRAWLER_WAYBACK* setting makes no sense.
    """
    archive, delay = archive_from_settings(settings), config.WAYBACK_DELAY.of(settings)
    if archive is None:
        return
    slots = settings.getdict("DOWNLOAD_SLOTS")
    own = {"delay": delay, "concurrency": 1}
    slots[archive.domain] = own | slots.get(archive.domain, {})
    priority = settings.getpriority("DOWNLOAD_SLOTS") or 0
    settings.set("DOWNLOAD_SLOTS", slots, priority=priority)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The URLs of a lost source, as an archive is asked for one after the other.

    Attributes:
        trail: the tries at the source itself, all lost.
        urls: the URLs still to ask for; the first one is being asked for.
        notes: what was learned of those before, by URL.
        redirects: how many redirects the archive has led through for this URL.
    """

    trail: Trail
    urls: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    redirects: int = 0

    @property
    def url(self) -> str:
        """The URL that is being asked for."""
        return self.urls[0]

    def without(self, note: str) -> Self:
        """Return the lookup of the next URL, since this one has no snapshot to use."""
        return replace(self, urls=self.urls[1:], notes={**self.notes, self.url: note}, redirects=0)


_MOST_FAILURES: Final = 3  # in a row of one host, before the archive is left alone for this run
_MOST_REDIRECTS: Final = 5
_ANSWER_BYTES: Final = 64 * 1024  # of an answer that only says where a snapshot is
_NO_SNAPSHOT: Final = "the archive has no snapshot"
# An archive's redirects are followed here, no further than its own hosts; what fails is asked for
# again by the next visit, not by this one.
_ALONE: Final = {"dont_redirect": True, "dont_retry": True}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_NOT_FOUND: Final = 404


class ArchiveDesk:
    """Looks lost sources up in the archive.

    While one is looked up, the others wait in line: an archive that is asked politely is slow,
    and its requests must not take the places of others in the downloader.
    """

    def __init__(self, archive: Archive, spider: SourceSpider, crawler: Crawler) -> None:
        self._archive = archive
        self._spider = spider
        self._crawler = crawler  # its stats come with the crawl's start
        self._line: deque[Trail] = deque()
        self._is_busy = False
        self._failures: Counter[str] = Counter()  # in a row, by host

    @classmethod
    def from_crawler(cls, crawler: Crawler, spider: SourceSpider) -> Self | None:
        """Make the desk; None: no archive is to be asked.

        Raises:
            OptionError: a CRAWLER_WAYBACK* setting makes no sense.
        """
        archive = archive_from_settings(crawler.settings)
        return None if archive is None else cls(archive, spider, crawler)

    def wants(self, trail: Trail) -> bool:
        """Whether the archive is to be asked about a source whose trail is over."""
        return bool(_urls(trail))

    async def take(self, trail: Trail) -> AsyncIterator[Any]:
        """Put a source in line; yield requests, and the visits of sources that are done."""
        self._line.append(trail)
        if not self._is_busy:
            async for output in self._serve():
                yield output

    async def _serve(self) -> AsyncIterator[Any]:
        while self._line:
            self._is_busy = True
            trail = self._line.popleft()
            try:
                step = await self._ask(Lookup(trail, _urls(trail), {}))
            except Exception as error:  # noqa: BLE001 - those behind it in the line go on
                broken = self._broken(trail, error)
                if broken is None:
                    return
                step = broken
            if isinstance(step, Request):
                yield step
                return
            yield self._spider.settled(step)
        self._is_busy = False

    async def _go_on(self, step: Request | Trail) -> AsyncIterator[Any]:
        if isinstance(step, Request):
            yield step
            return
        yield self._spider.settled(step)
        async for output in self._serve():
            yield output

    async def _ask(self, lookup: Lookup) -> Request | Trail:
        """Return the request for what is to be known next, or the trail if nothing is."""
        while lookup.urls:
            known = None if lookup.trail.asks_anew else await self._known(lookup.url)
            if known is not None and known.url is None:
                lookup = lookup.without(f"{_NO_SNAPSHOT} (asked {known.asked_at})")
            elif max(self._failures.values(), default=0) >= _MOST_FAILURES:
                lookup = lookup.without("the archive was not asked: it has failed too often")
            elif known is not None and (url := self._archive.raw_url(known.url or "")):
                return self._page_request(lookup, url)
            else:
                return self._first_request(lookup)
        return lookup.trail.noted(lookup.notes)

    async def _known(self, url: str) -> Snapshot | None:
        known = await self._spider.memory.snapshot(url_key(url))
        return known if known is not None and still_holds(known, datetime.now(UTC)) else None

    def _first_request(self, lookup: Lookup) -> Request:
        published = lookup.trail.source.published
        near = None if published is None else moment(published)
        question = self._archive.question(lookup.url, near)
        self._crawler.stats.inc_value("crawler/web_archive/asked")
        if question.gives_page:
            return self._page_request(lookup, question.url, question.headers)
        return Request(
            question.url,
            headers=dict(question.headers),
            callback=self.answer_came,
            errback=self.failed,
            cb_kwargs={"lookup": lookup},
            meta=_ALONE | {"download_maxsize": _ANSWER_BYTES},
            dont_filter=True,
        )

    def _page_request(
        self, lookup: Lookup, url: str, headers: Mapping[str, str] | None = None
    ) -> Request:
        return Request(
            url,
            headers=dict(headers or {}),
            callback=self.page_came,
            errback=self.failed,
            # By the trail, `crawler.downloader.partial` knows what must be a page.
            cb_kwargs={"trail": lookup.trail, "lookup": lookup},
            meta=dict(_ALONE),
            dont_filter=True,
        )

    @settles_faults
    async def answer_came(self, response: Response, lookup: Lookup) -> AsyncIterator[Any]:
        """Read where the archive has a snapshot."""
        async for output in self._go_on(await self._after_answer(response, lookup)):
            yield output

    async def _after_answer(self, response: Response, lookup: Lookup) -> Request | Trail:
        if response.status != _OK:
            return await self._after_failure(response, lookup, f"HTTP {response.status}")
        try:
            url = self._archive.snapshot_url(lookup.url, response.body)
        except ArchiveAnswerError as error:
            return await self._after_failure(response, lookup, str(error))
        self._has_answered(response)
        if url is None:
            return await self._without(lookup, _NO_SNAPSHOT)
        at = moment_of_snapshot(url)
        await self._keep(lookup, Snapshot(now_text(), url, None if at is None else utc_text(at)))
        return self._page_request(lookup, url)

    @settles_faults
    async def page_came(
        self, response: Response, trail: Trail, lookup: Lookup
    ) -> AsyncIterator[Any]:
        """Read the article off a snapshot, or follow the archive to it.

        Raises:
            CloseSpider: no page can be extracted.
        """
        try:
            step = await self._after_page(response, trail, lookup)
        except ExtractionPoolError as error:
            self._spider.pool_failed(error)
            return
        async for output in self._go_on(step):
            yield output

    async def _after_page(
        self, response: Response, trail: Trail, lookup: Lookup
    ) -> Request | Trail:
        location = response.headers.get("Location")
        if response.status in _REDIRECTS and location is not None:
            self._has_answered(response)
            url = self._archive.raw_url(joined(response.url, location))
            if url is None or lookup.redirects >= _MOST_REDIRECTS:
                return await self._without(lookup, "the archive's snapshot redirects elsewhere")
            return self._page_request(replace(lookup, redirects=lookup.redirects + 1), url)
        at = snapshot_time(response.url, response.status, response.headers.get("Memento-Datetime"))
        if at is None and response.status != _NOT_FOUND:
            told = f"HTTP {response.status}" if response.status != _OK else "no Memento-Datetime"
            return await self._after_failure(response, lookup, told)
        self._has_answered(response)
        if at is None:
            return await self._without(lookup, _NO_SNAPSHOT)
        page = page_of_snapshot(response.url) or lookup.url
        reading = await read_page(
            response,
            self._spider.pool,
            wants_body=True,
            url=page,
            rules=self._spider.rules,
            served_at=at,
        )
        if reading.answer is None or not reading.state.has_text:
            told = f"HTTP {response.status}" if response.status != _OK else str(reading.state)
            return await self._without(lookup, f"the archive's snapshot of {utc_text(at)}: {told}")
        snapshot = Snapshot(now_text(), response.url, utc_text(at))
        await self._keep(lookup, snapshot)
        self._crawler.stats.inc_value("crawler/web_archive/found")
        seconds = response.meta.get("download_latency")
        article = reading.answer.article
        if reading.state is State.PAYWALLED:
            article = replace(article, cut=f"only the free part of the article: {reading.detail}")
        return trail.noted(lookup.notes).archived(
            lookup.url, article, snapshot, response.status, seconds
        )

    @settles_faults
    async def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Note that the archive gave no answer.

        Raises:
            CloseSpider: the run cannot go on.
        """
        error = failure.value
        if error is None or isinstance(error, StoppedError):
            return  # nothing was learned of this source, nor of those in line
        if isinstance(error, OwnFailureError):
            raise self._spider.give_up(str(error)) from error
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        _, detail = outcome_of_error(error)
        step = await self._after_failure(request, request.cb_kwargs["lookup"], detail)
        async for output in self._go_on(step):
            yield output

    async def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Note a fault of our own; yield the visit, and go on with those in line."""
        broken = self._broken(request.cb_kwargs["lookup"].trail, error)
        if broken is not None:
            async for output in self._go_on(broken):
                yield output

    def _broken(self, trail: Trail, error: Exception) -> Trail | None:
        url = trail.hops[-1].url
        detail = self._spider.fault(error, url)
        return None if detail is None else trail.broken(fault_hop(url, detail))

    def _has_answered(self, response: Response) -> None:
        self._failures.pop(_host(response), None)

    async def _after_failure(
        self, failed: Request | Response, lookup: Lookup, detail: str
    ) -> Request | Trail:
        self._failures[_host(failed)] += 1
        self._crawler.stats.inc_value("crawler/web_archive/failed")
        return await self._ask(lookup.without(f"the archive failed: {detail}"))

    async def _without(self, lookup: Lookup, note: str) -> Request | Trail:
        await self._keep(lookup, Snapshot(now_text()))
        return await self._ask(lookup.without(note))

    async def _keep(self, lookup: Lookup, snapshot: Snapshot) -> None:
        await self._spider.memory.keep_snapshot(url_key(lookup.url), snapshot)


def _host(asked: Request | Response) -> str:
    return urlparse_cached(asked).netloc


def _urls(trail: Trail) -> tuple[str, ...]:
    return urls_to_ask(trail.source, trail.hops, anew=trail.asks_anew, at_home=trail.at_home)
