"""Spiders that visit sources: what is due begins its visit, and each answer goes on with one."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider

from crawler import config
from crawler.crawl.delivery import ArticleDelivery
from crawler.crawl.enrich_articles import ArticleEnriching
from crawler.crawl.faults import BegunVisits, fault_detail, fault_visit
from crawler.crawl.fetching import CrawlTask, Result, Turn
from crawler.crawl.images import ImageFetcher
from crawler.crawl.javascript import ScriptRunner
from crawler.crawl.progress import Progress
from crawler.crawl.reading import PageReader
from crawler.crawl.visit import DoubtfulVisitError, VisitTools, visit_source
from crawler.crawl.wayback import Wayback
from crawler.crawl.wayback_save import WaybackSaver
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.scheduler import HostFrontier
from crawler.downloader.stop import StoppedError, is_stopping
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.signals import source_visited
from crawler.spiders.base import RunSpider, Workers
from crawler.spiders.visited import SourceVisit
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.ledger.ledger import DueSource
    from crawler.ledger.records import Attempt, Visit
    from crawler.spiders.article_item import ArticleItem

logger = logging.getLogger("crawler.run")

_WINDOW: Final = 500  # requests that are put into the frontier at once
_MOST_WAITING: Final = 1_500  # requests in the frontier, those of paused sites with them


class SourceSpider(RunSpider):
    """Base of spiders whose requests come from the plan of a `RunSession`: sources, then images."""

    page_reader: PageReader
    scripts: ScriptRunner | None
    tools: VisitTools  # this and the next three from the moment on that the ledger is open
    delivery: ArticleDelivery
    enriching: ArticleEnriching | None = None
    images: ImageFetcher | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun = BegunVisits()
        self._in_line: deque[CrawlTask[Any]] = deque()  # they wait for the web archive

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider.

        Raises:
            OptionError: an argument makes no sense.
        """
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.page_reader = PageReader(spider.pool, spider.rules)
        spider.scripts = ScriptRunner.from_crawler(crawler, spider.rules)
        crawler.signals.connect(spider.spider_error, signals.spider_error)
        return spider

    def opened(self) -> None:
        """Make what visits and images have in common."""
        self.tools = VisitTools(
            read=self.page_reader,
            scripts=self.scripts,
            wayback=Wayback.from_crawler(self.crawler, self.page_reader, self.memory),
            most_pages=config.ARTICLE_PAGES.of(self.settings),
            retry=self.options.retry,
            count=partial(_count, self.crawler),
        )
        self.delivery = ArticleDelivery.from_crawler(
            self.crawler, self.ledger_thread, self.cannot_keep
        )
        if enrichers := self.additions.enrichers:
            self.enriching = ArticleEnriching(self.crawler, self.ledger_thread, enrichers)
        self.images = ImageFetcher.from_crawler(self.crawler, self.ledger_thread, self.memory)

    def workers(self) -> list[Workers]:
        """Return the processes that are to end with the run."""
        more = (self.scripts, self.images, self.enriching)
        return [*super().workers(), *(one for one in more if one is not None)]

    async def outputs(self) -> AsyncIterator[Any]:
        """Yield the first requests of due sources, as memory has room for them, then of images."""
        assert self.summary is not None
        due = await self.book(self.ledger_thread.crawl.plan)
        logger.info("%d items, %d sources due", self.summary.items, due)
        if progress := self.crawler.get_extension(Progress):
            sites = await self.book(self.ledger_thread.crawl.ledger.due_sites)
            progress.begin(sites, self.summary, self.options.output)
        if due:
            self.pool.start()  # its workers load while the first pages are on their way
        await self.book(self.ledger_thread.crawl.tidy)
        async for item in self.delivery.earlier():
            yield item
        for position in range(0, due, _WINDOW):
            batch = await self.book(self.ledger_thread.crawl.due, position, _WINDOW)
            for source in batch:
                async for output in self._begin(source):
                    yield output
            await self._room_for_more()
        async for output in self._afterwards():
            yield output

    async def _afterwards(self) -> AsyncIterator[Any]:
        """Yield what is asked for once all sources are settled: images, and pages to be saved."""
        async for output in self._image_requests():
            yield output
        if saver := WaybackSaver.from_crawler(self.crawler, self.ledger_thread):
            await self._all_settled()
            async for output in self._go_on(await saver.task()):
                yield output
        if self.enriching is not None:
            await self._all_settled()
            await self._enrich(self.enriching)

    async def _begin(self, due: DueSource) -> AsyncIterator[Any]:
        """Begin the visit of a source; yield its first request, or the visit."""
        key, url = due.record.key, due.record.urls[0]
        self.begun.begin(key, url)
        logger.debug("due (%s): %s", due.reason, url)
        try:
            self.check_contact(url)
            visit = visit_source(due.record, self.tools, asks_anew=due.reason == "forced")
            async for output in self._go_on(CrawlTask(visit, url, key)):
                yield output
        except CloseSpider:
            raise
        except Exception as error:  # the other sources go on
            logger.exception("an internal error at %s", url)
            async for item in self._settle(key, fault_visit(url, fault_detail(error))):
                yield item

    async def parse_source(
        self, response: Response, task: CrawlTask[Visit | None]
    ) -> AsyncIterator[Any]:
        """Go on with a visit that has its answer; yield its next request, or the visit.

        Raises:
            CloseSpider: no page can be extracted, or kept; `failure` says why.
        """
        self.end_if_failed()
        assert response.request is not None
        async for output in self._go_on(task, Result(response.request, response)):
            yield output

    async def source_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Go on with a visit whose request had no answer; yield as `parse_source`.

        Raises:
            CloseSpider: nothing can be kept; `failure` says why.
        """
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        error = failure.value
        if error is None or isinstance(error, StoppedError):
            return  # nothing was learned
        self.end_if_failed()
        task = request.cb_kwargs["task"]
        async for output in self._go_on(task, Result(request, error=error)):
            yield output

    async def _go_on(
        self, task: CrawlTask[Visit | None], result: Result | None = None
    ) -> AsyncIterator[Any]:
        """Go on with a task, and then with those whose turn has come; yield what they ask for."""
        while True:
            step = await self._step(task, result)
            if isinstance(step, Request):
                yield step.replace(
                    callback=self.parse_source,
                    errback=self.source_failed,
                    cb_kwargs={"task": task},
                )
            elif step is Turn.WAITED_FOR:
                self._in_line.append(task)
            elif step is not None and task.key is not None:
                async for item in self._settle(task.key, step):
                    yield item
            wayback = self.tools.wayback
            if wayback is None or wayback.is_busy or not self._in_line or is_stopping(self.crawler):
                return
            task, result = self._in_line.popleft(), None

    async def _step(
        self, task: CrawlTask[Visit | None], result: Result | None
    ) -> Request | Turn | Visit | None:
        """Go on with a task; None: it has ended without a visit.

        Raises:
            CloseSpider: the run cannot go on; `failure` says why.
        """
        try:
            return await task.go_on(result)
        except StoppedError:
            return None
        except DoubtfulVisitError as doubt:
            assert task.key is not None
            self.begun.lose(task.key, doubt.state, doubt.detail)  # unless the proxy is at fault
            return None
        except ExtractionPoolError as error:
            self.pool_failed(error)
            return None
        except sqlite3.Error as error:  # from what was to be remembered of the web
            self.cannot_keep(error)
            raise CloseSpider(self.failure or "") from error
        except OwnFailureError as error:
            self.end_if_failed()
            raise self.give_up(str(error)) from error
        except CloseSpider:
            raise
        except Exception as error:
            logger.exception("an internal error at %s", task.url)
            return None if task.key is None else fault_visit(task.url, fault_detail(error))

    async def _settle(self, key: str, visit: Visit) -> AsyncIterator[ArticleItem | SourceVisit]:
        """Store a visit, wait until the files that follow from it are written, and yield its news.

        A console, which stores nothing, gets the visit.
        """
        if not self.ledger_thread.is_open:
            yield SourceVisit(key, visit)
            return
        try:
            visit = await self._store_visit(key, visit)
            item = await self.delivery.news_of(key)
        except sqlite3.Error as error:
            self.cannot_keep(error)
            return
        except Exception as error:  # it gets a state once all others have theirs
            logger.exception("an internal error at %s", visit.attempt.url)
            self.begun.lose(key, State.INTERNAL_ERROR, fault_detail(error))
            return
        self.begun.end(key)
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"crawler/state/{visit.state}")
        facts = {"event": "visited", "state": str(visit.state), "url": visit.attempt.url}
        evidence = _evidence(visit.attempt)
        logger.info("%s %s%s", visit.state, visit.attempt.url, evidence, extra=facts)
        self.crawler.signals.send_catch_log(
            source_visited, visit=SourceVisit(key, visit), spider=self
        )
        if item is not None:
            yield item

    async def _store_visit(self, key: str, visit: Visit) -> Visit:
        """Store a visit, or else that it could not be; return the one that was, as it counts."""
        store = self.ledger_thread.crawl.store_visit
        try:
            return await self.ledger_thread.run(store, key, visit)
        except sqlite3.Error:
            raise
        except Exception as error:
            logger.exception("an internal error at %s", visit.attempt.url)
            fault = fault_visit(visit.attempt.url, fault_detail(error))
            return await self.ledger_thread.run(store, key, fault)

    async def _image_requests(self) -> AsyncIterator[Any]:
        """Yield what is asked for once all sources are settled."""
        if self.images is None:
            return
        await self._all_settled()
        async for tasks in self.images.tasks():
            for task in tasks:
                async for output in self._go_on(task):
                    yield output
            while self.images.is_full and not self._is_idle():
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    async def _all_settled(self) -> None:
        """Wait until all sources are settled, as far as they will be."""
        while (
            self.begun.any_left
            and not self._is_idle()  # what has not come by then will not come any more
            and not is_stopping(self.crawler)
        ):
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _is_idle(self) -> bool:
        assert self.crawler.engine is not None
        frontier = self.crawler.engine.scheduler
        return isinstance(frontier, HostFrontier) and frontier.is_idle

    async def _room_for_more(self) -> None:
        """Wait until few requests are left that could be sent, and not many in all."""
        assert self.crawler.engine is not None
        frontier = self.crawler.engine.scheduler
        await self.crawler.signals.wait_for(signals.scheduler_empty)
        while isinstance(frontier, HostFrontier) and (
            len(frontier) > _MOST_WAITING or frontier.unpaused > _WINDOW // 2
        ):
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def spider_error(self, failure: Failure, response: Response | Failure | None) -> None:
        """Note why a source gets no visit: somebody's code behind our callbacks has raised."""
        request = getattr(response, "request", None)
        task = None if request is None else request.cb_kwargs.get("task")
        if isinstance(task, CrawlTask) and task.key and failure.value is not None:
            self.begun.lose(task.key, State.INTERNAL_ERROR, fault_detail(failure.value))

    async def complete(self) -> None:
        """Give a state to each source that was begun and whose visit never came."""
        for key, visit in self.begun.lost():
            level = logging.ERROR if visit.state is State.INTERNAL_ERROR else logging.INFO
            logger.log(level, "%s %s (%s)", visit.state, visit.attempt.url, visit.attempt.detail)
            try:
                await self.ledger_thread.run(self.ledger_thread.crawl.store_visit, key, visit)
                self.begun.end(key)
            except sqlite3.Error as error:
                self.cannot_keep(error)
            except Exception:
                # The exit code tells, since it has no visit; the next run asks for it again.
                logger.exception("no state of %s can be stored", visit.attempt.url)
        if left := await self.delivery.close():
            told = f"articles that were not taken: {left}; the next run delivers them again"
            await self.ledger_thread.run(self.ledger_thread.crawl.on_fault, told)

    async def _enrich(self, enriching: ArticleEnriching) -> None:
        """Give articles to enrichers; what goes wrong with them is told, and ends nothing else.

        While the crawl is open, so that a stop ends it in time, and them.
        """
        try:
            await enriching.run()
        except sqlite3.Error as error:
            self.cannot_keep(error)
        except Exception as error:
            logger.exception("articles could not be enriched")
            told = f"articles could not be enriched: {fault_detail(error)}"
            await self.ledger_thread.run(self.ledger_thread.crawl.on_fault, told)


def _evidence(attempt: Attempt) -> str:
    facts = (attempt.status and f"HTTP {attempt.status}", attempt.detail)
    told = ", ".join(str(fact) for fact in facts if fact)
    return f" ({told})" if told else ""


def _count(crawler: Crawler, name: str) -> None:
    assert crawler.stats is not None
    crawler.stats.inc_value(name)
