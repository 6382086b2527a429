"""Hands each visit to the ledger and the output files."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import DropItem, NotConfigured

from crawler.crawl.faults import fault_detail, fault_visit
from crawler.spiders.source import SourceSpider
from crawler.spiders.visited import SourceVisit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.ledger.records import Attempt, Visit

logger = logging.getLogger("crawler.run")


class LedgerPipeline:
    """Settles every `SourceVisit`; other items pass, and those of a console that has no ledger."""

    def __init__(self, crawler: Crawler) -> None:
        if not isinstance(crawler.spider, SourceSpider):
            raise NotConfigured
        self._spider = crawler.spider
        self._ledger_thread = crawler.spider.ledger_thread
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
        if isinstance(item, SourceVisit) and self._ledger_thread.is_open:
            try:
                visit = await self._store_visit(item)
            except sqlite3.Error as error:
                self._spider.cannot_keep(error)
                raise DropItem(str(error), log_level="DEBUG") from error
            self._spider.begun.end(item.key)
            self._stats.inc_value(f"crawler/state/{visit.state}")
            facts = {"event": "visited", "state": str(visit.state), "url": visit.attempt.url}
            logger.info(
                "%s %s%s", visit.state, visit.attempt.url, _evidence(visit.attempt), extra=facts
            )
            return replace(item, visit=visit)
        return item

    async def _store_visit(self, item: SourceVisit) -> Visit:
        """Store a visit, or else that it could not be; return the one that was, as it counts."""
        try:
            return await self._ledger_thread.run(
                self._ledger_thread.crawl.store_visit, item.key, item.visit
            )
        except sqlite3.Error:
            raise
        except Exception as error:
            logger.exception("an internal error at %s", item.visit.attempt.url)
            visit = fault_visit(item.visit.attempt.url, fault_detail(error))
            return await self._ledger_thread.run(
                self._ledger_thread.crawl.store_visit, item.key, visit
            )


def _evidence(attempt: Attempt) -> str:
    facts = (attempt.status and f"HTTP {attempt.status}", attempt.detail)
    told = ", ".join(str(fact) for fact in facts if fact)
    return f" ({told})" if told else ""
