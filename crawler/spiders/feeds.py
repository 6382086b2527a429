"""Items from feeds: `scrapy crawl feeds -a urls="URL URL" -a items=ITEMS -a output=output`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.discovery.feeds import links_of_header
from crawler.discovery.found import Feed, FeedJob
from crawler.discovery.xml_feed import read_feed
from crawler.downloader.conditional import answer_of, conditions_of
from crawler.options import OptionError
from crawler.spiders.discovery import DiscoverSpider
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from scrapy.http import Response

    from crawler.discovery.found import FoundArticle
    from crawler.extraction.pool.extraction_pool import ExtractionPool
    from crawler.ledger.records import FeedAnswer

logger = logging.getLogger("crawler.run")

_NO_FEED = "neither a feed nor a page that names one"


class FeedsSpider(DiscoverSpider):
    """Creates an item for each new entry of RSS, Atom and JSON feeds, and enriches all items.

    A URL may be that of a page, whose first feed is read then.
    """

    name = "feeds"
    _pool: ExtractionPool[FeedJob, Feed]

    def read_arguments(self, **own: Any) -> None:
        """Read the spider's own arguments.

        Raises:
            OptionError: one makes no sense, or there is no URL.
        """
        super().read_arguments(**own)
        if not self.search.urls:
            raise OptionError("urls: name at least one feed")

    async def discover(self) -> None:
        """Ask all feeds, some at once."""
        self._pool = self.reader(read_feed, Feed)
        try:
            await self.each(dict.fromkeys(self.search.urls), self._take)
        finally:
            await self._pool.close()

    async def parse(self, response: Response) -> AsyncIterator[FoundArticle | Request]:
        """Yield the articles of a feed, or requests for those that a page names.

        For `scrapy parse`: no items are made of them.
        """
        pool = self.reader(read_feed, Feed)
        try:
            end = await self.read(pool, _job(response))
        finally:
            await pool.close()
        state, detail, feed = end
        if feed is None:
            logger.error("%s %s (%s)", state, response.url, detail)
            return
        if not feed.is_feed:
            logger.info("%s: %s", response.url, _NO_FEED)
            for url in feed.alternates:
                yield Request(url, callback=self.parse)
        for article in feed.entries:
            if (chosen := self.choose(article)) is not None:
                yield chosen

    async def _take(self, url: str) -> None:
        named = await self._take_feed(url, is_named=False)
        if named is not None:
            await self._take_feed(named, is_named=True)

    async def _take_feed(self, url: str, *, is_named: bool) -> str | None:
        """Take a feed's entries; return the feed to ask instead, where a page names one."""
        known = await self.book(self.ledger_thread.crawl.ledger.feed, url)
        asked = await self.download(url, headers={} if self.options.force else conditions_of(known))
        if asked.state is not State.OK or (response := asked.response) is None:
            await self.told(url, asked.state, asked.detail)
            return None
        end = await self.read(self._pool, _job(response))
        state, detail, feed = end
        if feed is None:
            await self.told(url, state, detail)
            return None
        if not feed.is_feed:
            if feed.alternates and not is_named:
                return feed.alternates[0]
            await self.told(url, State.EMPTY, _NO_FEED)
            return None
        await self._take_entries(url, feed, response, known)
        return None

    async def _take_entries(
        self, url: str, feed: Feed, response: Response, known: FeedAnswer | None
    ) -> None:
        hubs = tuple(dict.fromkeys((*_links(response, "hub"), *feed.hubs)))
        await self.book(self.count, unusable=feed.without_url)
        is_taken = True
        for article in feed.entries:
            if self.search.wants(article.url, article.modified or article.published):
                is_taken &= await self.found(article)
        if is_taken:  # or else the rest has to come again
            topic = _topic(response) or feed.topic
            answer = answer_of(response, known, feed.entries, hubs=hubs, topic=topic)
            await self.book(self.ledger_thread.crawl.ledger.put_feed, url, answer)
        hub = f"hub {hubs[0]}" if hubs else None
        told = (f"{len(feed.entries)} entries", hub, feed.defect)
        await self.told(url, State.OK, ", ".join(part for part in told if part))


def _job(response: Response) -> FeedJob:
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return FeedJob(response.body, response.url, kind)


def _links(response: Response, rel: str) -> tuple[str, ...]:
    fields = [field.decode("latin-1") for field in response.headers.getlist("Link")]
    return links_of_header(fields, rel, response.url)


def _topic(response: Response) -> str | None:
    return next(iter(_links(response, "self")), None)
