"""Looks lost sources up in the web archive, one at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from scrapy import Request
from scrapy.utils.httpobj import urlparse_cached

from crawler import config
from crawler.crawl.fetching import Result, fetch, wait_for_turn
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.partial import MUST_BE_PAGE
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
    from collections.abc import Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.crawl.ledger_thread import LedgerMemory
    from crawler.crawl.open_visit import OpenVisit
    from crawler.crawl.reading import PageReader
    from crawler.extraction.article import Article
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


class _NoSnapshotError(Exception):
    """There is none to use; the message says why."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A snapshot of a lost page, and what was read off it."""

    article: Article
    snapshot: Snapshot
    status: int
    seconds: float | None


class Wayback:
    """Looks lost sources up in the archive.

    While one is looked up, the others wait: an archive that is asked politely is slow, and its
    requests must not take the places of others in the downloader.

    Attributes:
        is_busy: whether a source is being looked up.
    """

    def __init__(
        self, archive: Archive, read: PageReader, memory: LedgerMemory, crawler: Crawler
    ) -> None:
        self._archive = archive
        self._read = read
        self._memory = memory
        self._crawler = crawler  # its stats come with the crawl's start
        self._failures: Counter[str] = Counter()  # in a row, by host
        self.is_busy = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, read: PageReader, memory: LedgerMemory) -> Self | None:
        """Make it; None: no archive is to be asked.

        Raises:
            OptionError: a CRAWLER_WAYBACK* setting makes no sense.
        """
        archive = archive_from_settings(crawler.settings)
        return None if archive is None else cls(archive, read, memory, crawler)

    def may_have(self, visit: OpenVisit) -> bool:
        """Whether the archive is to be asked about a source."""
        return bool(_urls(visit))

    async def look_up(self, visit: OpenVisit) -> OpenVisit:
        """Return a visit with the first snapshot that the archive has of its URLs, or why none."""
        if self.is_busy:
            await wait_for_turn()
        self.is_busy = True
        notes: dict[str, str] = {}
        try:
            for url in _urls(visit):
                try:
                    found = await self._look_up(url, visit)
                except _NoSnapshotError as error:
                    notes[url] = str(error)
                    continue
                noted = visit.noted(notes)
                return noted.archived(
                    url, found.article, found.snapshot, found.status, found.seconds
                )
            return visit.noted(notes)
        finally:
            self.is_busy = False

    async def _look_up(self, url: str, visit: OpenVisit) -> _Found:
        """Return the snapshot of a URL.

        Raises:
            _NoSnapshotError: there is none to use.
        """
        known = None if visit.asks_anew else await self._known(url)
        if known is not None and known.url is None:
            raise _NoSnapshotError(f"{_NO_SNAPSHOT} (asked {known.asked_at})")
        if max(self._failures.values(), default=0) >= _MOST_FAILURES:
            raise _NoSnapshotError("the archive was not asked: it has failed too often")
        if known is not None and (raw := self._archive.raw_url(known.url or "")):
            return await self._page(url, _page_request(raw))
        published = visit.source.published
        near = None if published is None else moment(published)
        question = self._archive.question(url, near)
        self._count("asked")
        if question.gives_page:
            return await self._page(url, _page_request(question.url, question.headers))
        request = Request(
            question.url,
            headers=dict(question.headers),
            meta=_ALONE | {"download_maxsize": _ANSWER_BYTES},
            dont_filter=True,
        )
        return await self._page(url, _page_request(await self._place(url, request)))

    async def _place(self, url: str, request: Request) -> str:
        """Return where the archive has a snapshot of a URL.

        Raises:
            _NoSnapshotError: it has none, or has failed.
        """
        response = self._answered(await fetch(request))
        if response.status != _OK:
            raise self._failure(response, f"HTTP {response.status}")
        try:
            place = self._archive.snapshot_url(url, response.body)
        except ArchiveAnswerError as error:
            raise self._failure(response, str(error)) from error
        self._has_answered(response)
        if place is None:
            raise await self._none(url, _NO_SNAPSHOT)
        at = moment_of_snapshot(place)
        at_text = None if at is None else utc_text(at)
        await self._keep(url, Snapshot(now_text(), place, at_text))
        return place

    async def _page(self, url: str, request: Request) -> _Found:
        """Return the snapshot that a request leads to, and its article.

        Raises:
            _NoSnapshotError: it leads to none, or the archive has failed.
        """
        step: Request | Response = request
        redirects = 0
        while isinstance(step, Request):
            # No name for what was answered: a visit that waits is to hold no body.
            step = await self._followed(url, self._answered(await fetch(step)), redirects)
            redirects += 1
        response = step
        at = snapshot_time(response.url, response.status, response.headers.get("Memento-Datetime"))
        if at is None and response.status != _NOT_FOUND:
            told = f"HTTP {response.status}" if response.status != _OK else "no Memento-Datetime"
            raise self._failure(response, told)
        self._has_answered(response)
        if at is None:
            raise await self._none(url, _NO_SNAPSHOT)
        page = page_of_snapshot(response.url) or url
        reading = await self._read(response, wants_body=True, url=page, served_at=at)
        if reading.page is None or not reading.state.has_text:
            told = f"HTTP {response.status}" if response.status != _OK else str(reading.state)
            raise await self._none(url, f"the archive's snapshot of {utc_text(at)}: {told}")
        snapshot = Snapshot(now_text(), response.url, utc_text(at))
        await self._keep(url, snapshot)
        self._count("found")
        article = reading.page.article
        if reading.state is State.PAYWALLED:
            article = replace(article, cut=f"only the free part of the article: {reading.detail}")
        return _Found(article, snapshot, response.status, response.meta.get("download_latency"))

    async def _followed(self, url: str, response: Response, redirects: int) -> Request | Response:
        """Return the request that an answer redirects to, or the answer if it does not.

        Raises:
            _NoSnapshotError: it leads to no snapshot, or on and on.
        """
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or location is None:
            return response
        self._has_answered(response)
        target = self._archive.raw_url(joined(response.url, location))
        if target is None or redirects >= _MOST_REDIRECTS:
            raise await self._none(url, "the archive's snapshot redirects elsewhere")
        return _page_request(target)

    async def _known(self, url: str) -> Snapshot | None:
        known = await self._memory.snapshot(url_key(url))
        return known if known is not None and still_holds(known, datetime.now(UTC)) else None

    async def _keep(self, url: str, snapshot: Snapshot) -> None:
        await self._memory.keep_snapshot(url_key(url), snapshot)

    async def _none(self, url: str, why: str) -> _NoSnapshotError:
        await self._keep(url, Snapshot(now_text()))
        return _NoSnapshotError(why)

    def _answered(self, result: Result) -> Response:
        if result.response is not None:
            return result.response
        assert result.error is not None
        _, detail = outcome_of_error(result.error)
        raise self._failure(result.request, detail)

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/web_archive/{what}")

    def _has_answered(self, response: Response) -> None:
        self._failures.pop(_host(response), None)

    def _failure(self, failed: Request | Response, detail: str) -> _NoSnapshotError:
        self._failures[_host(failed)] += 1
        self._count("failed")
        return _NoSnapshotError(f"the archive failed: {detail}")


def _page_request(url: str, headers: Mapping[str, str] | None = None) -> Request:
    return Request(
        url,
        headers=dict(headers or {}),
        meta=_ALONE | {MUST_BE_PAGE: True},
        dont_filter=True,
    )


def _host(asked: Request | Response) -> str:
    return urlparse_cached(asked).netloc


def _urls(visit: OpenVisit) -> tuple[str, ...]:
    return urls_to_ask(visit.source, visit.attempts, anew=visit.asks_anew, at_home=visit.at_home)
