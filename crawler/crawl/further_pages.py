"""Asks for the further pages of an article, one after the other, as requests of the crawl."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request

from crawler import config
from crawler.crawl.faults import fault_hop, settles_faults
from crawler.crawl.reading import read_page
from crawler.downloader.cookies import COOKIES
from crawler.extraction.joined_pages import with_next_page
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.states import State
from crawler.urls.canonical import url_key
from crawler.urls.pagination import page_number

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.crawl.trail import Trail
    from crawler.extraction.article import Article
    from crawler.spiders.source import SourceSpider

# An article that is begun is completed before its site is asked for others.
_PRIORITY: Final = 1


@dataclass(frozen=True, slots=True)
class Joining:
    """How far the pages of an article have been joined.

    Attributes:
        first: the URL of its first page.
        keys: the keys of the URLs that were asked for, or answered.
        hashes: the content hashes of the pages.
    """

    first: str
    keys: frozenset[str]
    hashes: frozenset[str | None]

    def after(self, url: str, page: Article) -> Self:
        """Return the joining with one more page, which this URL answered with."""
        return replace(
            self,
            keys=self.keys | {url_key(url)},
            hashes=self.hashes | {page.content_hash},
        )


class PageDesk:
    """Joins the pages of an article to its first one, whose metadata hold.

    A page that fails ends it, as do one that was there before and the limit: what was joined by
    then is the article. A trail that has its first page has it good, and no less after.
    """

    def __init__(self, most: int, spider: SourceSpider, crawler: Crawler) -> None:
        self._most = most
        self._spider = spider
        self._crawler = crawler  # its stats come with the crawl's start

    @classmethod
    def from_crawler(cls, crawler: Crawler, spider: SourceSpider) -> Self:
        """Make the desk.

        Raises:
            OptionError: CRAWLER_ARTICLE_PAGES makes no sense.
        """
        return cls(config.ARTICLE_PAGES.of(crawler.settings), spider, crawler)

    def begin(self, trail: Trail) -> Request | Trail:
        """Return the request for an article's second page, or the trail if none is wanted."""
        hop, answer = trail.hops[-1], trail.answers[-1]
        if answer is None or answer.article.next_page is None:
            return trail
        article = answer.article
        if self._most == 1:
            return _whole(trail, article)
        url = (hop.redirects or (hop.url,))[-1]
        for first in filter(None, (url, article.canonical_url)):
            page = page_number(article.next_page or "", first)
            if page is not None and page.number == 2:  # noqa: PLR2004 - the page after the first
                joining = Joining(first, frozenset({url_key(first)}), frozenset())
                return self._go_on(trail, article, joining.after(url, article))
        return _whole(trail, article)

    def _go_on(self, trail: Trail, article: Article, joining: Joining) -> Request | Trail:
        """Return the request for the page after those that the article has, or the trail."""
        url = article.next_page
        if url is None or url_key(url) in joining.keys:
            return _whole(trail, article)
        if _next_number(article) > self._most:
            note = f"only the first {self._most} pages were read"
            return _whole(trail, _with_note(article, note))
        return Request(
            url,
            callback=self.page_came,
            errback=self.failed,
            # By the trail, `crawler.downloader.partial` knows what must be a page.
            cb_kwargs={
                "trail": trail.with_article(article),
                "joining": replace(joining, keys=joining.keys | {url_key(url)}),
            },
            meta={COOKIES: trail.cookies},
            priority=_PRIORITY,
            dont_filter=True,
        )

    @settles_faults
    async def page_came(
        self, response: Response, trail: Trail, joining: Joining
    ) -> AsyncIterator[Any]:
        """Join a page; yield the request for the next one, or the visit.

        Raises:
            CloseSpider: no page can be extracted, or kept.
        """
        self._spider.end_if_failed()
        try:
            step = await self._after_page(response, trail, joining)
        except ExtractionPoolError as error:
            self._spider.pool_failed(error)
            return
        yield step if isinstance(step, Request) else self._spider.finished(step)

    async def _after_page(
        self, response: Response, trail: Trail, joining: Joining
    ) -> Request | Trail:
        article = _article(trail)
        number = page_number(response.url, joining.first)
        if number is None:
            return self._torn(trail, "it redirects elsewhere")
        if number.number != _next_number(article):
            return _whole(trail, article)  # back to a page that is there already
        reading = await read_page(
            response,
            self._spider.pool,
            wants_body=True,
            first=joining.first,
            rules=self._spider.rules,
        )
        if reading.state is not State.OK or reading.answer is None:
            status = f"HTTP {response.status}"
            return self._torn(trail, f"{reading.state}, {reading.detail or status}")
        page = reading.answer.article
        joined = None if page.content_hash in joining.hashes else with_next_page(article, page)
        if joined is None:
            return _whole(trail, article)
        self._crawler.stats.inc_value("crawler/pages/joined")
        joined = _with_note(replace(joined, next_page=page.next_page), page.cut)
        return self._go_on(trail, joined, joining.after(response.url, page))

    @settles_faults
    async def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Note that a page gave no answer, and yield the visit.

        Raises:
            CloseSpider: the run cannot go on.
        """
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        outcome = self._spider.outcome_of(failure.value)
        if outcome is not None:
            state, detail = outcome
            told = self._torn(request.cb_kwargs["trail"], f"{state}, {detail}")
            yield self._spider.finished(told)

    async def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Note a fault of our own while pages were joined, and yield the visit."""
        detail = self._spider.fault(error, request.url)
        if detail is not None:
            trail: Trail = request.cb_kwargs["trail"]
            yield self._spider.settled(trail.broken(fault_hop(trail.hops[-1].url, detail)))

    def _torn(self, trail: Trail, why: str) -> Trail:
        """Return the trail of an article that ends before a page which could not be read."""
        self._crawler.stats.inc_value("crawler/pages/failed")
        article = _article(trail)
        note = f"page {_next_number(article)} could not be read: {why}"
        # The next visit is to ask for all of it again, also if the first page has not changed.
        return trail.with_article(_with_note(article, note), is_whole=False)


def _article(trail: Trail) -> Article:
    answer = trail.answers[-1]
    assert answer is not None
    return answer.article


def _next_number(article: Article) -> int:
    return (article.page_count or 1) + 1


def _whole(trail: Trail, article: Article) -> Trail:
    return trail.with_article(replace(article, next_page=None))


def _with_note(article: Article, note: str) -> Article:
    return replace(article, cut="; ".join(filter(None, (article.cut, note))))
