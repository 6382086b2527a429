"""Hands each visit to the ledger and the output files."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import DropItem, NotConfigured

from crawler.spiders.source import SourceSpider, SourceVisit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class BookkeepingPipeline:
    """Settles every `SourceVisit`; other items pass."""

    def __init__(self, crawler: Crawler) -> None:
        if not isinstance(crawler.spider, SourceSpider):
            raise NotConfigured
        self._spider = crawler.spider
        self._books = crawler.spider.books
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the pipeline.

        Raises:
            NotConfigured: the spider has no plan.
        """
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Store a visit, and wait until the files that follow from it are written.

        Raises:
            DropItem: the ledger cannot be written; the spider knows, and ends the run.
        """
        if isinstance(item, SourceVisit):
            try:
                await self._books.run(self._books.crawl.settle, item.key, item.visit)
            except sqlite3.Error as error:
                self._spider.cannot_keep(error)
                raise DropItem(str(error), log_level="DEBUG") from error
            self._stats.inc_value(f"crawler/state/{item.visit.state}")
        return item
