"""Gives the articles of a run to enrichers, once all else is done."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from crawler.downloader.stop import is_stopping
from crawler.enrichers.books import items_to_enrich, keep_result, question_of
from crawler.enrichers.process import EnricherProcess
from crawler.enrichers.result import EnricherError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler

    from crawler.crawl.ledger_thread import LedgerThread
    from crawler.enrichers.enricher import Enricher

logger = logging.getLogger("crawler.run")

_MOST_IN_A_ROW: Final = 5
"""So many failures, and an enricher is left alone until the next run."""


class ArticleEnriching:
    """Runs each enricher in a process of its own, article after article; all at the same time."""

    def __init__(
        self, crawler: Crawler, ledger_thread: LedgerThread, enrichers: Sequence[Enricher]
    ) -> None:
        self._crawler = crawler
        self._ledger_thread = ledger_thread
        self._processes = {one: EnricherProcess(one) for one in enrichers}

    async def run(self) -> None:
        """Have all articles enriched that lack a result.

        Raises:
            sqlite3.Error: the ledger cannot keep one.
        """
        try:
            await asyncio.gather(*(self._run(*one) for one in self._processes.items()))
        finally:
            self.kill()

    async def _run(self, enricher: Enricher, process: EnricherProcess) -> None:
        book, crawl = self._ledger_thread.run, self._ledger_thread.crawl
        items = await book(items_to_enrich, crawl, enricher)
        asked = failed = in_a_row = 0
        for item in items:
            is_over = enricher.most and asked >= enricher.most
            if is_over or in_a_row >= _MOST_IN_A_ROW or is_stopping(self._crawler):
                break
            question = await book(question_of, crawl, enricher, item)
            if question is None:
                continue
            asked += 1
            try:
                result = await process.ask(question.content)
            except EnricherError as error:
                if is_stopping(self._crawler):
                    break
                failed, in_a_row = failed + 1, in_a_row + 1
                facts = {"event": "not-enriched", "enricher": enricher.name}
                logger.warning("%s: %s %s", question.file, enricher.name, error, extra=facts)
                continue
            in_a_row = 0
            if result is not None:
                self._count(enricher.name)
                await book(keep_result, crawl, enricher, question, result)
        if failed:
            told = f"enricher {enricher.name}: {failed} of {asked} articles failed"
            left = "; it is left alone until the next run" if in_a_row >= _MOST_IN_A_ROW else ""
            await book(crawl.on_problem, told + left)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/enriched/{name}")

    def kill(self) -> None:
        """End their processes now."""
        for process in self._processes.values():
            process.kill()

    async def close(self) -> None:
        """End their processes."""
        self.kill()
