"""The items of any spider as item files, enriched in another process once it has ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import subprocess
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, Self

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.project import ENVVAR

from crawler import config
from crawler.api import run_command, summary_of
from crawler.crawl.checks import check_names
from crawler.crawl.ledger_thread import LedgerThread
from crawler.crawl.project import looks_at_one_page, set_by_the_project
from crawler.discovery.new_items import NewItems
from crawler.discovery.options import DiscoveryTally
from crawler.discovery.scraped import LISTS, TEXTS, article_of
from crawler.ledger.ledger import LedgerError
from crawler.options import CrawlOptions, OptionError
from crawler.output.layout import OutputBusyError
from crawler.session import RunSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scrapy.crawler import Crawler

    from crawler.discovery.found import FoundArticle
    from crawler.summary import RunSummary


_LOOK: Final = 0.2  # seconds


async def run_child(
    command: Sequence[str], *, until: Callable[[], bool], env: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Run a command to its end; return its exit code and what it printed.

    It inherits standard error.

    Args:
        env: environment variables of its own.
        until: asked some times a second; once True, the process gets SIGTERM, and ends as it does.

    Raises:
        OSError: it cannot be started.
    """
    with TemporaryFile() as printed:
        own = {**os.environ, **(env or {})}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, env=own)  # noqa: ASYNC220, S603 - a fork takes no time to speak of; this interpreter
        is_told = False
        try:
            while process.poll() is None:
                if not is_told and until():
                    process.terminate()
                    is_told = True
                await asyncio.sleep(_LOOK)
        finally:
            if process.poll() is None:  # we are ended ourselves
                process.terminate()
        printed.seek(0)
        return process.returncode, printed.read()


logger = logging.getLogger("crawler.run")

_UNUSABLE: Final = (OutputBusyError, LedgerError, OSError, sqlite3.Error)
_NO_LIMIT: Final = 10**9
_OF_THE_ADD_ON: Final = {config.ITEMS.name, config.OUTPUT.name, config.ITEM_FIELDS.name}
# What a project asks of all its crawls, ours among them.
_PASSED_ON: Final = (
    "USER_AGENT",
    "ROBOTSTXT_OBEY",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_TIMEOUT",
    "DOWNLOAD_MAXSIZE",
    "CONCURRENT_REQUESTS",
    "HTTPPROXY_ENABLED",
    "LOG_LEVEL",
)


class EnrichmentPipeline:
    """Makes an item file of each scraped item that has a URL, and lets all items pass unchanged.

    When the spider has ended, and was not stopped, `crawler run` visits what is due for the folder,
    in a process of its own: neither the spider's settings nor ours change how the other crawls.
    Its states are in the stats of the spider, and an item without a usable URL is counted there.

    Settings: CRAWLER_ITEMS, CRAWLER_OUTPUT and CRAWLER_ITEM_FIELDS. Those that begin with CRAWLER_
    and those of `_PASSED_ON` are handed on where the project sets them.
    """

    def __init__(self, crawler: Crawler) -> None:
        folder = config.ITEMS.of(crawler.settings)
        if not folder:
            raise NotConfigured
        check_names(crawler.settings)
        self._names = config.ITEM_FIELDS.of(crawler.settings)
        if unknown := self._names.keys() - {*TEXTS, *LISTS}:
            raise OptionError(
                f"{config.ITEM_FIELDS.name}: there is no field {', '.join(sorted(unknown))}"
            )
        output = config.OUTPUT.of(crawler.settings)
        self._options = CrawlOptions.parse(items=(folder,), output=output)
        self._crawler = crawler
        self._ledger_thread = LedgerThread()
        self._has_failed = False
        self._is_crawl = not looks_at_one_page(crawler.spidercls)
        self._ready: asyncio.Task[NewItems] | None = None
        self._enriching: asyncio.Task[None] | None = None
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the pipeline.

        Raises:
            NotConfigured: no folder of items is set.
            OptionError: a setting makes no sense.
        """
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Create the item file of an article that is not known; return the item as it is."""
        article = None
        if ItemAdapter.is_item(item):
            refused: list[str] = []
            article = article_of(ItemAdapter(item), self._names, refused)
            for message in refused:
                logger.warning("an item of %s: %s", type(item).__name__, message)
        if article is None:
            self._count("crawler/discovery/unusable")
        elif not self._has_failed:
            try:
                await self._add(article)
            except _UNUSABLE as error:  # the project's own pipelines and feeds go on
                if not self._has_failed:  # by another item at the same time
                    logger.error("no more items are created: %s", error)  # noqa: TRY400 - it says all
                self._has_failed = True
        return item

    async def _add(self, article: FoundArticle) -> None:
        if self._ready is None:
            self._ready = asyncio.ensure_future(self._open())
        new = await asyncio.shield(self._ready)
        path = await self._ledger_thread.run(new.add, article)
        self._count(f"crawler/discovery/{'known' if path is None else 'created'}")

    async def spider_closed(self, reason: str) -> None:
        """Let the folder go, and have its items enriched."""
        has_folder = await self._ledger_thread.run(self._options.items[0].is_dir)
        await self._ledger_thread.close(reason)
        if not self._crawler.crawling:
            logger.info("the spider was stopped: its new items are enriched by the next run")
        elif has_folder and not self._has_failed and self._is_crawl:
            self._enriching = asyncio.ensure_future(self._enrich())
            await asyncio.shield(self._enriching)

    async def engine_stopped(self) -> None:
        """See the other process end: Scrapy waits no longer for `spider_closed` once stopped."""
        if self._enriching is not None:
            await self._enriching

    async def _enrich(self) -> None:
        command = run_command(self._options, self._handed_on())
        # Pipelines and feeds of the project are those of the spider that is running now.
        code, printed = await run_child(
            command, until=lambda: not self._crawler.crawling, env={ENVVAR: "crawler.settings"}
        )
        summary = summary_of(code, printed)
        if summary is None:
            logger.error("the items were not enriched: exit code %d", code)
        else:
            self._tell(summary)

    def _tell(self, summary: RunSummary) -> None:
        for state, count in summary.visited.items():
            self._count(f"crawler/state/{state}", count)
        self._count("crawler/written", summary.written)
        logger.info("%d files written, %s", summary.written, summary.ended)

    async def _open(self) -> NewItems:
        await self._ledger_thread.open(self._take)
        spider = self._crawler.spider
        assert spider is not None
        return NewItems(
            self._ledger_thread.crawl.ledger,
            self._options.items[0],
            DiscoveryTally(),
            by=spider.name,
            limit=_NO_LIMIT,
            on_problem=self._ledger_thread.crawl.on_problem,
        )

    def _take(self) -> RunSession:
        self._options.items[0].mkdir(parents=True, exist_ok=True)
        crawl = RunSession(
            self._options,
            on_problem=logger.error,
            should_stop=lambda: not self._crawler.crawling,
        )
        crawl.take(self._options.items)
        return crawl

    def _handed_on(self) -> dict[str, str]:
        wanted = set_by_the_project(self._crawler.settings, _PASSED_ON)
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in wanted.items()
            if name not in _OF_THE_ADD_ON
        }

    def _count(self, name: str, count: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name, count)
