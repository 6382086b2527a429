"""Items from sitemaps: `scrapy crawl sitemaps -a urls=https://news.example -a items=ITEMS`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request

from crawler.discovery.mended_xml import MOST_BYTES
from crawler.discovery.sitemaps import (
    Sitemap,
    SitemapJob,
    read_sitemap,
    robots_url_of,
    sitemaps_of_robots,
    usual_sitemap,
)
from crawler.downloader.conditional import answer_of, conditions_of
from crawler.options import OptionError
from crawler.spiders.discovery import DiscoverSpider
from crawler.states import State
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from scrapy.http import Response

    from crawler.discovery.found import FoundArticle
    from crawler.extraction.pool.extraction_pool import ExtractionPool
    from crawler.ledger.records import FeedAnswer

logger = logging.getLogger("crawler.run")

_MOST_SITEMAPS: Final = 500  # of a site in one run
_SITES_AT_ONCE: Final = 3  # each may have a sitemap of full size in memory
_NO_SITEMAP: Final = "no sitemap"


class SitemapsSpider(DiscoverSpider):
    """Creates an item for each article that sitemaps name, and enriches all items.

    A URL is that of a sitemap, of an index, of a robots.txt, or of a site whose robots.txt names
    its sitemaps.
    """

    name = "sitemaps"
    _pool: ExtractionPool[SitemapJob, Sitemap]

    def read_arguments(self, **own: Any) -> None:
        """Read the spider's own arguments.

        Raises:
            OptionError: one makes no sense, or there is no URL.
        """
        super().read_arguments(**own)
        if not self.search.urls:
            raise OptionError("urls: name at least one site or sitemap")

    async def discover(self) -> None:
        """Go through the sitemaps of all sites, some at once."""
        self._pool = self.reader(read_sitemap, Sitemap)
        try:
            await self.each(dict.fromkeys(self.search.urls), self._site, at_once=_SITES_AT_ONCE)
        finally:
            await self._pool.close()

    async def parse(self, response: Response) -> AsyncIterator[FoundArticle | Request]:
        """Yield the articles of a sitemap, or requests for the sitemaps that are named instead.

        For `scrapy parse`: no items are made of them.
        """
        if urlsplit(response.url).path == "/robots.txt":
            for url in sitemaps_of_robots(response.body, response.url):
                yield Request(url, callback=self.parse)
            return
        pool = self.reader(read_sitemap, Sitemap)
        try:
            job = self._job(response, registered_domain(response.url))
            end = await self.read(pool, job)
        finally:
            await pool.close()
        state, detail, sitemap = end
        if sitemap is None or not sitemap.is_sitemap:
            logger.error("%s %s (%s)", state, response.url, detail or _NO_SITEMAP)
            return
        for url in sitemap.children:
            yield Request(url, callback=self.parse)
        for article in sitemap.articles:
            if (chosen := self.choose(article)) is not None:
                yield chosen

    def _job(self, response: Response, site: str) -> SitemapJob:
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return SitemapJob(response.body, response.url, self.search, site, kind)

    async def _site(self, url: str) -> None:
        """Go through the sitemaps of a site, each once, those that changed last first."""
        waiting = await self._named_by_robots(url)
        # What its robots.txt names may be anywhere (sitemaps.org, "Cross Submits"), and so may what
        # the site redirects to.
        site = registered_domain(url)
        seen = set(waiting)
        asked = 0
        while waiting and asked < _MOST_SITEMAPS and not self.is_full:
            asked += 1
            children = await self._sitemap(waiting.pop(0), site)
            new = [child for child in children if child not in seen]
            seen.update(new)
            waiting[:0] = new
        if waiting:
            await self.book(self.count, left=len(waiting))
            await self.problem(f"{url}: {len(waiting)} sitemaps are left unread")

    async def _named_by_robots(self, url: str) -> list[str]:
        robots_url = robots_url_of(url)
        if robots_url is None:
            return [url]
        asked = await self.download(robots_url)
        named: tuple[str, ...] = ()
        if asked.state is State.OK and asked.response is not None:
            named = sitemaps_of_robots(asked.response.body, asked.response.url)
        return list(named) or [usual_sitemap(url)]

    async def _sitemap(self, url: str, site: str) -> tuple[str, ...]:
        """Take a sitemap's articles; return the sitemaps that it names."""
        known = await self.book(self.ledger_thread.crawl.ledger.feed, url)
        conditions = {} if self.options.force else conditions_of(known)
        asked = await self.download(url, headers=conditions, most=MOST_BYTES)
        if asked.state is not State.OK or (response := asked.response) is None:
            await self.told(url, asked.state, asked.detail)
            return ()
        end = await self.read(self._pool, self._job(response, site))
        state, detail, sitemap = end
        if sitemap is None or not sitemap.is_sitemap:
            await self.told(
                url, *((state, detail) if sitemap is None else (State.EMPTY, _NO_SITEMAP))
            )
            return ()
        await self._take_articles(url, sitemap, response, known)
        return sitemap.children

    async def _take_articles(
        self, url: str, sitemap: Sitemap, response: Response, known: FeedAnswer | None
    ) -> None:
        await self.book(self.count, unusable=sitemap.without_url)
        is_taken = not sitemap.children and not sitemap.passed
        for article in sitemap.articles:
            is_taken &= await self.found(article)
        if is_taken:  # or else the rest has to come again
            answer = answer_of(response, known, sitemap.articles)
            await self.book(self.ledger_thread.crawl.ledger.put_feed, url, answer)
        count = len(sitemap.articles)
        told = (
            f"{len(sitemap.children)} sitemaps" if sitemap.children else f"{count} articles",
            f"{sitemap.passed} passed over" if sitemap.passed else None,
            f"{sitemap.without_url} of other sites or unusable" if sitemap.without_url else None,
            sitemap.defect,
        )
        await self.told(url, State.OK, ", ".join(part for part in told if part))
