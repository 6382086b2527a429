"""Hands each visit to the ledger and the output files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import NotConfigured

from crawler.spiders.source import SourceSpider, SourceVisit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class BookkeepingPipeline:
    """Settles every `SourceVisit`; other items pass."""

    def __init__(self, crawler: Crawler) -> None:
        if not isinstance(crawler.spider, SourceSpider):
            raise NotConfigured
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
        """Store a visit, and wait until the files that follow from it are written."""
        if isinstance(item, SourceVisit):
            await self._books.run(self._books.crawl.settle, item.key, item.visit)
            self._stats.inc_value(f"crawler/state/{item.visit.state}")
        return item
