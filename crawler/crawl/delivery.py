"""Hands stored articles to pipelines, feeds and extensions, each at least once."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any, Final, Self

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.extensions.feedexport import FeedExporter
from twisted.python.failure import Failure

from crawler.ledger.outbox import STATE
from crawler.output.entry import written_name
from crawler.signals import article_stored
from crawler.spiders.article_item import CHANGED, NEW, ArticleItem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import Crawler

    from crawler.crawl.ledger_thread import LedgerThread
    from crawler.ledger.outbox import Delivery, OutboxRows

logger = logging.getLogger("crawler.run")

_BATCH: Final = 100


class ArticleDelivery:
    """Makes items of what the ledger's outbox has, and forgets there what was taken.

    Taken is what has passed all pipelines, also what one of them drops on purpose (`DropItem`);
    where feeds are written, once these are, too. What raised is left to the next run.

    Args:
        on_failure: is told where the ledger cannot keep something, which ends the run.
    """

    def __init__(
        self,
        crawler: Crawler,
        ledger_thread: LedgerThread,
        on_failure: Callable[[sqlite3.Error], object],
    ) -> None:
        self._crawler = crawler
        self._ledger_thread = ledger_thread
        self._on_failure = on_failure
        self._on_their_way: dict[str, Delivery] = {}  # by the URL that the item says
        self._failed = 0
        self._refused: set[str] = set()  # likewise; by an extension
        self._taken: list[Delivery] = []  # that feeds have yet to be written with
        self._are_feeds_written = False

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        ledger_thread: LedgerThread,
        on_failure: Callable[[sqlite3.Error], object],
    ) -> Self:
        """Make it, and have it told what becomes of items."""
        delivery = cls(crawler, ledger_thread, on_failure)
        crawler.signals.connect(delivery.item_taken, signals.item_scraped)
        crawler.signals.connect(delivery.item_taken, signals.item_dropped)
        crawler.signals.connect(delivery.item_failed, signals.item_error)
        crawler.signals.connect(delivery.feeds_written, signals.feed_exporter_closed)
        return delivery

    async def earlier(self) -> AsyncIterator[ArticleItem]:
        """Yield what earlier runs have left."""
        last = ""
        while left := await self._ledger_thread.run(self._outbox.after, last, _BATCH):
            for delivery in left:
                item = await self._item(delivery)
                if item is not None:
                    yield item
            last = left[-1].key

    async def news_of(self, key: str) -> ArticleItem | None:
        """Return the article of a source whose visit was stored; None: there is no news of one."""
        delivery = await self._ledger_thread.run(self._outbox.get, key)
        return None if delivery is None else await self._item(delivery)

    async def _item(self, delivery: Delivery) -> ArticleItem | None:
        row = await self._ledger_thread.run(self._ledger_thread.crawl.article, delivery.key)
        if row is None:  # no item names it any more, or its text is lost
            await self._forget(delivery)
            return None
        item = ArticleItem(row, change=NEW if delivery.changed is None else CHANGED)
        if delivery.changed is not None:
            item["changedFields"] = list(map(_name, delivery.changed))
        url = item["requestedUrl"]
        if url in self._on_their_way:
            return None  # what an earlier run has left: nobody could tell the two apart
        self._on_their_way[url] = delivery
        told = await self._crawler.signals.send_catch_log_async(
            article_stored, item=item, spider=self._crawler.spider
        )
        if any(isinstance(result, Failure | Exception) for _, result in told):
            self._refused.add(url)
        return item

    async def item_taken(self, item: Any) -> None:
        """Note that an item has passed all pipelines, or was dropped by one."""
        url = _url_of(item)
        delivery = self._arrived(url)
        if delivery is None:
            return
        if url in self._refused:
            self._refused.discard(url)
            self._failed += 1
        elif self._crawler.get_extension(FeedExporter) is not None:
            self._taken.append(delivery)
        else:
            await self._forget(delivery)

    def item_failed(self, item: Any) -> None:
        """Note that a pipeline has raised."""
        self._failed += self._arrived(_url_of(item)) is not None

    def _arrived(self, url: str | None) -> Delivery | None:
        return None if url is None else self._on_their_way.pop(url, None)

    def feeds_written(self) -> None:
        """Note that the feeds are where they are to be, or could not be brought there."""
        self._are_feeds_written = True

    async def close(self) -> int:
        """Forget what feeds have got, and return how many articles were not taken."""
        if self._taken:
            if not self._are_feeds_written:
                await self._crawler.signals.wait_for(signals.feed_exporter_closed)
            if not self._are_feeds_whole():
                return len(self._taken) + self._left
            for delivery in self._taken:
                await self._forget(delivery)
        return self._left

    @property
    def _left(self) -> int:
        return self._failed + len(self._on_their_way)

    def _are_feeds_whole(self) -> bool:
        feeds = self._crawler.get_extension(FeedExporter)
        assert feeds is not None
        assert self._crawler.stats is not None
        counts = {"failed": 0, "success": 0}
        for name, count in self._crawler.stats.get_stats().items():
            for way in counts:
                counts[way] += count if name.startswith(f"feedexport/{way}_count/") else 0
        # One whose file cannot be opened counts as neither.
        return not counts["failed"] and counts["success"] >= len(feeds.feeds)

    @property
    def _outbox(self) -> OutboxRows:
        return self._ledger_thread.crawl.ledger.outbox

    async def _forget(self, delivery: Delivery) -> None:
        try:
            await self._ledger_thread.run(self._outbox.forget, delivery)
        except sqlite3.Error as error:
            self._on_failure(error)


def _url_of(item: Any) -> str | None:
    url = ItemAdapter(item).get("requestedUrl") if ItemAdapter.is_item(item) else None
    return url if isinstance(url, str) else None


def _name(field: str) -> str:
    if field == "markdown":
        return "text"
    return STATE if field == STATE else written_name(field)
