"""What all spiders of ours share: they open a run, do what is planned, and close it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec, Protocol, Self, TypeVar

from scrapy import Spider, signals
from scrapy.exceptions import CloseSpider

from crawler import config
from crawler.crawl.checks import check_names, choose_warc_files
from crawler.crawl.faults import fault_detail
from crawler.crawl.ledger_thread import LedgerMemory, LedgerThread
from crawler.crawl.pool import pool_from_settings
from crawler.crawl.project import put_ours_below
from crawler.crawl.wayback import give_archive_a_slot
from crawler.downloader.contact import MISSING_CONTACT, Surroundings, names_a_contact, user_agent
from crawler.downloader.proxies import Proxies, unusable_proxy
from crawler.downloader.stop import BoundedStop, is_stopping
from crawler.downloader.warc import Replay
from crawler.exceptions import reason_of
from crawler.items.find import ItemsNotFoundError
from crawler.ledger.ledger import LedgerError
from crawler.ledger.revisit import RevisitPolicy
from crawler.monitors import MonitorLimits
from crawler.notify import Notifier
from crawler.options import CrawlOptions, OptionError
from crawler.output.enriched import Additions
from crawler.output.layout import OutputBusyError
from crawler.rules import SiteRules
from crawler.run_log import run_record
from crawler.session import NoItemsError, RunSession
from crawler.summary import ExitCode, RunSummary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.extraction.article import Article
    from crawler.extraction.job import ExtractionJob
    from crawler.extraction.pool.extraction_pool import ExtractionPool, ExtractionPoolError

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("crawler.run")
failure_logger = logging.getLogger("crawler.failure")  # the command line prints it by itself

_UNUSABLE: Final = (
    OutputBusyError,
    NoItemsError,
    ItemsNotFoundError,
    LedgerError,
    OSError,
    sqlite3.Error,
)


class Workers(Protocol):
    """Processes that a run has begun."""

    def kill(self) -> None:
        """End them now."""

    async def close(self) -> None:
        """End them once they are done."""


class RunSpider(Spider):
    """Base of spiders that do what a `RunSession` has planned: opens it, and closes it in the end.

    Arguments are those of `CrawlOptions.parse`.

    Attributes:
        arguments: names of further ones, which `read_arguments` is given.
        unusable_argument: what `start` ends the run for.
        failure: why the run could not be done at all; None where it could.
        summary: what the run did.
    """

    arguments: ClassVar[frozenset[str]] = frozenset()
    options = CrawlOptions()  # a console has no items
    ledger_thread: LedgerThread
    memory: LedgerMemory  # from the moment on that the ledger is open
    revisit: RevisitPolicy
    limits: MonitorLimits
    notifier: Notifier | None = None
    duplicates: bool
    additions: Additions
    rules: SiteRules
    pool: ExtractionPool[ExtractionJob, Article]
    summary: RunSummary | None = None
    failure: str | None = None
    unusable_argument: OptionError | None = None
    _at_home: Surroundings | None = None  # set where no contact is: only own hosts may be asked

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Have the settings of this project below those of the spider's own, and complete them.

        The contact is named in the User-Agent, where nobody has set one, and the archive is paced.
        """
        super().update_settings(settings)
        put_ours_below(settings)
        agent = user_agent(config.CONTACT.of(settings))
        settings.set("USER_AGENT", agent, priority="addon")
        give_archive_a_slot(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider; `start` tells of an argument, or a setting's name, that makes no sense.

        So `scrapy parse` and `scrapy shell`, which start nothing, need no arguments.

        Raises:
            OptionError: a setting makes no sense, or a WARC file is not there.
        """
        # Schedulers add arguments of their own, such as Scrapyd's _job.
        known = {name: value for name, value in kwargs.items() if not name.startswith("_")}
        own = {name: known.pop(name) for name in cls.arguments & known.keys()}
        is_console = crawler.settings.frozen  # `scrapy shell` makes the spider after all else
        if not is_console:
            # A process puts its own settings over those that the spider has completed.
            put_ours_below(crawler.settings)
            give_archive_a_slot(crawler.settings)
        spider = super().from_crawler(crawler, *args)
        try:
            check_names(crawler.settings)
            spider.options = CrawlOptions.parse(**known)
        except OptionError as error:
            spider.unusable_argument = error
        try:
            spider.read_arguments(**own)
        except OptionError as error:
            spider.unusable_argument = spider.unusable_argument or error
        if not is_console:
            choose_warc_files(crawler.settings, spider.options)
        spider.ledger_thread = LedgerThread()
        spider.revisit = RevisitPolicy.from_settings(crawler.settings)
        spider.limits = MonitorLimits.from_settings(crawler.settings)
        if not is_console:
            spider.notifier = Notifier.from_environment(crawler.settings)
        spider.duplicates = config.DUPLICATES.of(crawler.settings)
        spider.additions = Additions.from_settings(crawler.settings)
        spider.rules = SiteRules.from_settings(crawler.settings)
        spider.pool = pool_from_settings(crawler.settings)
        crawler.signals.connect(spider.spider_closed, signals.spider_closed)
        return spider

    def read_arguments(self, **own: Any) -> None:
        """Read the arguments that `arguments` names; there are none here."""

    async def prepare(self) -> None:
        """Do what has to be done before the plan, with the ledger open; nothing here.

        Raises:
            CloseSpider: the run cannot be done; `failure` says why.
        """

    def outputs(self) -> AsyncIterator[Any]:
        """Yield what the run asks for and what it has learned, with the ledger open."""
        raise NotImplementedError

    def opened(self) -> None:
        """Make what needs the ledger, now that it is open; nothing here."""

    def workers(self) -> list[Workers]:
        """Return the processes that are to end with the run."""
        return [self.pool]

    async def complete(self) -> None:
        """Do what is left once all requests have ended; nothing here."""

    async def start(self) -> AsyncIterator[Any]:
        """Open the ledger, and yield what the run asks for.

        Raises:
            CloseSpider: the run cannot be done; `failure` says why.
        """
        try:
            async for output in self._opened_outputs():
                yield output
        except CloseSpider:
            raise
        except Exception as error:
            logger.exception("the run cannot go on")
            raise self.give_up(f"an internal error: {fault_detail(error)}") from error

    async def _opened_outputs(self) -> AsyncIterator[Any]:
        if self.unusable_argument is not None:
            raise self.give_up(str(self.unusable_argument))
        await self._open_ledger()
        self.summary = self.ledger_thread.crawl.summary
        self._log_begin()
        self._look_around()
        await self.prepare()
        async for output in self.outputs():
            yield output

    def _look_around(self) -> None:
        """See what is between us and the sites.

        Raises:
            CloseSpider: a proxy that cannot be used.
        """
        if self.crawler.get_extension(Replay) is not None:
            return
        use_proxies = self.settings.getbool("HTTPPROXY_ENABLED")
        if use_proxies and (reason := unusable_proxy()) is not None:
            raise self.give_up(reason)
        if not names_a_contact(self.settings["USER_AGENT"]):
            self._at_home = Surroundings(use_proxies=use_proxies)

    async def _open_ledger(self) -> None:
        try:
            await self.ledger_thread.open(self._open)
        except _UNUSABLE as error:
            raise self.give_up(reason_of(error)) from error
        self.memory = LedgerMemory(self.ledger_thread, on_failure=self.cannot_keep)
        self.opened()
        stop = self._stop()
        if stop is not None:
            for worker in self.workers():
                stop.at_cut_off(worker.kill)
            stop.begin_to_count()  # another run may wait for the folder from now on

    async def book(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some work on the ledger's thread.

        Raises:
            CloseSpider: the run cannot go on; `failure` says why.
        """
        try:
            return await self.ledger_thread.run(work, *args, **kwargs)
        except sqlite3.Error as error:
            self.cannot_keep(error)
            raise CloseSpider(str(error)) from error
        except _UNUSABLE as error:
            raise self.give_up(reason_of(error)) from error

    def cannot_keep(self, error: sqlite3.Error) -> None:
        """Note that the ledger fails, on a full disk for example.

        The next answer ends the run: no site is asked for what cannot be stored.
        """
        self.ledger_thread.crawl.note_damage(error)
        if self.failure is None:
            self.give_up(f"{self.ledger_thread.crawl.layout.ledger}: {error}")

    def end_if_failed(self) -> None:
        """End the run where the ledger has failed.

        Raises:
            CloseSpider: it has.
        """
        if self.failure is not None:
            raise CloseSpider(self.failure)

    def _open(self) -> RunSession:
        return RunSession(
            self.options,
            on_problem=logger.error,
            should_stop=partial(is_stopping, self.crawler),
            revisit=self.revisit,
            limits=self.limits,
            duplicates=self.duplicates,
            additions=self.additions,
        )

    def check_contact(self, url: str) -> None:
        """See that a public site would be asked by somebody whom it can reach.

        Raises:
            CloseSpider: it would not.
        """
        if self._at_home is not None and self._at_home.is_public(url):
            raise self.give_up(MISSING_CONTACT)

    def pool_failed(self, error: ExtractionPoolError) -> None:
        """End the run, since no page can be extracted; one that is being stopped ends by itself.

        Raises:
            CloseSpider: `failure` says why.
        """
        if is_stopping(self.crawler):
            return
        self.end_if_failed()  # the other pages that waited tell it no second time
        ending = self.give_up(str(error))
        if (stop := self._stop()) is not None:
            stop.cut_short()  # no page that is still on its way could be read
        raise ending from error

    async def spider_closed(self, reason: str) -> None:
        """Complete the summary, and close what the run had open."""
        for worker in self.workers():
            try:
                await worker.close()
            except Exception:  # the ledger and the log of runs are still to be completed
                logger.exception("workers could not be ended")
        interrupted = is_stopping(self.crawler)
        proxies = self.crawler.get_extension(Proxies)
        told = None if proxies is None or interrupted else proxies.failure
        if told is not None and self.failure is None:
            self.give_up(told)
        if reason == "finished" and self.failure is None and self.ledger_thread.is_open:
            if not interrupted:
                await self.complete()
            try:
                await self.ledger_thread.run(self.ledger_thread.crawl.tell_copies)
            except sqlite3.Error as error:
                self.cannot_keep(error)
            except Exception as error:
                logger.exception("the run cannot be completed")
                self.give_up(f"an internal error: {fault_detail(error)}")
        stop = self._stop()
        is_stopped = stop is not None and stop.stopping.is_set()
        ended = self.failure or (stop.reason if stop is not None and is_stopped else reason)
        await self.ledger_thread.close(ended, could_go_on=self.failure is None)
        if self.summary is not None:
            self._log_end(self.summary)
        if self.notifier is not None and not interrupted:
            await self._notify(self.notifier)

    def _log_begin(self) -> None:
        items, output = ", ".join(map(str, self.options.items[:3])), str(self.options.output)
        facts = {"event": "begun", "spider": self.name, "output": output}
        logger.info("a run begins: %s to %s", items, output, extra=facts)

    def _log_end(self, summary: RunSummary) -> None:
        facts = {
            "event": "ended",
            "ended": summary.ended,
            "seconds": round(summary.seconds, 3),
            "visited": summary.done,
            "written": summary.written,
        }
        text = "a run ends after %.1f s: %d items, %d of %d due sources visited, %d written (%s)"
        counts = (summary.items, summary.done, summary.due, summary.written)
        ended = summary.ended if self.failure is None else "it could not be done"  # why was told
        logger.info(text, summary.seconds, *counts, ended, extra=facts)

    async def _notify(self, notifier: Notifier) -> None:
        """Tell of the run whoever wants to know, once the folder is free for others."""
        if self.ledger_thread.is_open:
            record = self.ledger_thread.crawl.record
        else:
            nothing = RunSummary(ended=self.failure or "it did not begin")
            now = datetime.now(UTC)
            record = run_record(self.options, nothing, started=now, exit_code=ExitCode.NOT_DONE)

        def tell() -> list[str]:
            return list(notifier.tell(str(self.options.output), record))

        for problem in await asyncio.to_thread(tell):
            logger.error("not told: %s", problem, extra={"event": "not-told"})

    def give_up(self, failure: str) -> CloseSpider:
        """Note why the run cannot go on, and return what ends it."""
        self.failure = failure
        failure_logger.error(failure)
        return CloseSpider(failure)

    def _stop(self) -> BoundedStop | None:
        return self.crawler.get_extension(BoundedStop)
