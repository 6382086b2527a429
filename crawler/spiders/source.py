"""What every spider that visits sources shares: plan, request, extraction, verdict."""

from __future__ import annotations

import logging
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec, Self, TypeVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider

from crawler import config
from crawler.crawl.checks import check_names, choose_warc_files
from crawler.crawl.faults import (
    bare_visit,
    fault_detail,
    fault_hop,
    fault_visit,
    settles_faults,
)
from crawler.crawl.further_pages import PageDesk
from crawler.crawl.images import ImageDesk
from crawler.crawl.javascript import JavaScriptDesk, better, without_scripts
from crawler.crawl.ledger_thread import LedgerMemory, LedgerThread
from crawler.crawl.oembed import OEmbedDesk
from crawler.crawl.pool import pool_from_settings
from crawler.crawl.project import put_ours_below
from crawler.crawl.reading import Reading, day_of, read_page, redirects_of
from crawler.crawl.trail import Trail
from crawler.crawl.wayback import ArchiveDesk, give_archive_a_slot
from crawler.downloader.conditional import CONDITIONS, conditions
from crawler.downloader.contact import MISSING_CONTACT, Surroundings, names_a_contact, user_agent
from crawler.downloader.cookies import COOKIES
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.proxies import Proxies, ProxyDoubtError, unusable_proxy
from crawler.downloader.rendering import RenderError
from crawler.downloader.retry import IN_SPITE_OF_PAUSES
from crawler.downloader.scheduler import HostFrontier
from crawler.downloader.ssrf import AT_HOME
from crawler.downloader.stop import BoundedStop, StoppedError, is_stopping
from crawler.downloader.warc import TAKEN_AT, Replay
from crawler.extraction.pool.extraction_pool import (
    ExtractionPool,
    ExtractionPoolError,
)
from crawler.items.find import ItemsNotFoundError
from crawler.ledger.records import Attempt
from crawler.ledger.revisit import RevisitPolicy
from crawler.ledger.sqlite import LedgerError
from crawler.options import CrawlOptions, OptionError
from crawler.output.enriched import Additions
from crawler.rules import SiteRules
from crawler.session import OutputBusyError, RunSession
from crawler.spiders.visited import SourceVisit
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.extraction.article import Article
    from crawler.extraction.job import ExtractionJob
    from crawler.ledger.ledger import DueSource
    from crawler.summary import RunSummary

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("crawler.run")
failure_logger = logging.getLogger("crawler.failure")  # the command line prints it by itself

_WINDOW: Final = 500  # requests that are put into the frontier at once
_MOST_WAITING: Final = 1_500  # requests in the frontier, those of paused sites with them
_LOST: Final = (State.INTERNAL_ERROR, "its visit was lost on its way to the ledger")
_UNUSABLE: Final = (OutputBusyError, ItemsNotFoundError, LedgerError, OSError, sqlite3.Error)


class SourceSpider(Spider):
    """Base of spiders whose requests come from the plan of a `RunSession`.

    Arguments are those of `CrawlOptions.parse`.

    Attributes:
        arguments: names of further ones, which `read_arguments` is given.
        unusable_argument: what `start` ends the run for.
        failure: why the run could not be done at all; None where it could.
        summary: what the run did.
    """

    arguments: ClassVar[frozenset[str]] = frozenset()
    options = CrawlOptions(items=())  # a console has no items
    ledger_thread: LedgerThread
    memory: LedgerMemory  # from the moment on that the ledger is open
    revisit: RevisitPolicy
    duplicates: bool
    additions: Additions
    rules: SiteRules
    pool: ExtractionPool[ExtractionJob, Article]
    pages: PageDesk
    oembed: OEmbedDesk
    scripts: JavaScriptDesk | None
    archive: ArchiveDesk | None
    images: ImageDesk | None
    summary: RunSummary | None = None
    failure: str | None = None
    unusable_argument: OptionError | None = None
    _at_home: Surroundings | None = None  # set where no contact is: only own hosts may be asked

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Sources that were begun and have no visit yet, with their first URL.
        self._begun: dict[str, str] = {}
        self._lost: dict[str, tuple[State, str]] = {}  # why some of them never will have one

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
        """Make the spider; `start` tells of an argument that makes no sense.

        So `scrapy parse` and `scrapy shell`, which start nothing, need no arguments.

        Raises:
            OptionError: a setting makes no sense, or a WARC file is not there.
        """
        # Schedulers add arguments of their own, such as Scrapyd's _job.
        known = {name: value for name, value in kwargs.items() if not name.startswith("_")}
        own = {name: known.pop(name) for name in cls.arguments & known.keys()}
        is_console = crawler.settings.frozen  # `scrapy shell` makes the spider after all else
        if not is_console:
            put_ours_below(crawler.settings)  # `scrapy crawl` puts the project's components back
        check_names(crawler.settings)
        spider = super().from_crawler(crawler, *args)
        try:
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
        spider.duplicates = config.DUPLICATES.of(crawler.settings)
        spider.additions = Additions.from_settings(crawler.settings)
        spider.rules = SiteRules.from_settings(crawler.settings)
        spider.pool = pool_from_settings(crawler.settings)
        spider.pages = PageDesk.from_crawler(crawler, spider)
        spider.oembed = OEmbedDesk(spider)
        spider.scripts = JavaScriptDesk.from_crawler(crawler, spider.rules)
        spider.archive = ArchiveDesk.from_crawler(crawler, spider)
        spider.images = ImageDesk.from_crawler(crawler, spider)
        crawler.signals.connect(spider.spider_closed, signals.spider_closed)
        crawler.signals.connect(spider.spider_error, signals.spider_error)
        crawler.signals.connect(spider.item_error, signals.item_error)
        return spider

    def read_arguments(self, **own: Any) -> None:
        """Read the arguments that `arguments` names; there are none here."""

    async def prepare(self) -> None:
        """Do what has to be done before the plan, with the ledger open; nothing here.

        Raises:
            CloseSpider: the run cannot be done; `failure` says why.
        """

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each due source, no more at a time than memory should hold.

        Raises:
            CloseSpider: the run cannot be done; `failure` says why.
        """
        try:
            async for output in self._requests():
                yield output
        except CloseSpider:
            raise
        except Exception as error:
            logger.exception("the run cannot go on")
            raise self.give_up(f"an internal error: {fault_detail(error)}") from error

    async def _requests(self) -> AsyncIterator[Any]:
        if self.unusable_argument is not None:
            raise self.give_up(str(self.unusable_argument))
        await self._open_ledger()
        self.summary = self.ledger_thread.crawl.summary
        self._look_around()
        await self.prepare()
        due = await self.book(self.ledger_thread.crawl.plan)
        logger.info("%d items, %d sources due", self.summary.items, due)
        if due:
            self.pool.start()  # its workers load while the first pages are on their way
        await self.book(self.ledger_thread.crawl.tidy)
        for position in range(0, due, _WINDOW):
            batch = await self.book(self.ledger_thread.crawl.due, position, _WINDOW)
            for source in batch:
                yield self._first_step(source)
            await self._room_for_more()
        async for request in self._image_requests():
            yield request

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
        stop = self._stop()
        if stop is not None:
            for worker in (self.pool, self.scripts, self.images):
                if worker is not None:
                    stop.at_cut_off(worker.kill)
        try:
            await self.ledger_thread.open(self._open)
        except _UNUSABLE as error:
            raise self.give_up(str(error)) from error
        self.memory = LedgerMemory(self.ledger_thread, on_failure=self.cannot_keep)
        if stop is not None:
            stop.begin_to_count()  # another run may wait for the folder from now on

    async def _image_requests(self) -> AsyncIterator[Request]:
        """Yield what is asked for once all sources are settled."""
        if self.images is None:
            return
        while (
            self._begun
            and not self._is_idle()  # what has not come by then will not come any more
            and not is_stopping(self.crawler)
        ):
            await self.crawler.signals.wait_for(signals.scheduler_empty)
        async for requests in self.images.requests():
            for request in requests:
                yield request
            while self.images.is_full and not self._is_idle():
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

    async def book(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some work on the thread of the books.

        Raises:
            CloseSpider: the run cannot go on; `failure` says why.
        """
        try:
            return await self.ledger_thread.run(work, *args, **kwargs)
        except sqlite3.Error as error:
            self.cannot_keep(error)
            raise CloseSpider(str(error)) from error
        except _UNUSABLE as error:
            raise self.give_up(str(error)) from error

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

    def _first_step(self, due: DueSource) -> Request | SourceVisit:
        """Return the first request for a source, or its visit where none can be made."""
        record = due.record
        self._begun[record.key] = record.urls[0]
        try:
            return self._first_request(due)
        except CloseSpider:
            raise
        except Exception as error:  # noqa: BLE001 - the other sources go on
            detail = self.fault(error, record.urls[0]) or fault_detail(error)
            return SourceVisit(record.key, fault_visit(record.urls[0], detail))

    def _first_request(self, due: DueSource) -> Request:
        self.check_contact(due.record.urls[0])
        logger.debug("due (%s): %s", due.reason, due.record.urls[0])
        return self.request(Trail(due.record, asks_anew=due.reason == "forced"))

    def request(self, trail: Trail) -> Request:
        """Return the request for the next URL of a trail."""
        asked = None if trail.asks_anew else conditions(trail.source, trail.url)
        is_wanted = trail.asks_anew or trail.source.last_state in self.options.retry
        return Request(
            trail.url,
            meta={
                COOKIES: trail.cookies,
                CONDITIONS: asked,
                IN_SPITE_OF_PAUSES: is_wanted,
            },
            callback=self.parse_source,
            errback=self.source_failed,
            cb_kwargs={"trail": trail},
            dont_filter=True,  # the plan names each source once
        )

    @settles_faults
    async def parse_source(self, response: Response, trail: Trail) -> AsyncIterator[Any]:
        """Read the article off an answer; yield its visit, or the request for the next URL.

        Raises:
            CloseSpider: no page can be extracted, or kept; `failure` says why.
        """
        self.end_if_failed()
        try:
            reading = await read_page(
                response,
                self.pool,
                wants_body=trail.source.wants_body,
                rules=self.rules,
            )
            reading = await self._with_scripts(response, reading, trail)
        except StoppedError:
            return
        except ExtractionPoolError as error:
            self.pool_failed(error)
            return
        hop = reading.hop(trail.url, response)
        after = trail.after(hop, reading.answer, at=response.meta.get(TAKEN_AT))
        after = after.from_home() if response.meta.get(AT_HOME) else after
        async for output in self._go_on(after):
            yield output

    async def _with_scripts(self, response: Response, reading: Reading, trail: Trail) -> Reading:
        """Return how a page is read once its scripts have run, where that is wanted and helps.

        Raises:
            StoppedError: they could not run to their end, as the crawl is being stopped.
        """
        rule = self.rules.rule_for(response.url, day_of(response))
        if self.scripts is None or not trail.source.wants_body:
            return reading
        if not self.scripts.wants(reading, rule):
            return reading
        try:
            rendered, led_to = await self.scripts.rendered(response)
        except RenderError as error:
            reading = without_scripts(reading, error)
        else:
            again = await read_page(rendered, self.pool, wants_body=True, rules=self.rules)
            reading = better(reading, again, led_to)
            if again.state.is_good:
                return reading
        if is_stopping(self.crawler):
            raise StoppedError(response.url)  # nothing was learned that the next run should believe
        return reading

    @settles_faults
    async def source_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Note that a URL gave no answer; yield the visit, or the request for the next URL.

        Raises:
            CloseSpider: nothing can be kept; `failure` says why.
        """
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        trail: Trail = request.cb_kwargs["trail"]
        error = failure.value
        outcome = self.outcome_of(error)
        if outcome is None:
            return
        state, detail = outcome
        hop = Attempt(
            url=trail.url,
            state=state,
            redirects=redirects_of(request.meta.get("redirect_urls", ()), request.url),
            detail=detail,
            seconds=request.meta.get("download_latency"),
            retry_at=getattr(error, "retry_at", None) or request.meta.get("retry_at"),
        )
        after = trail.after(hop)
        after = after.from_home() if request.meta.get(AT_HOME) else after
        if isinstance(error, ProxyDoubtError) and after.is_over:
            self._lost[trail.source.key] = outcome  # unless the proxy turns out to be at fault
            return
        async for output in self._go_on(after):
            yield output

    async def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Note a fault of our own at a URL; yield the visit, or the request for the next URL."""
        detail = self.fault(error, request.url)
        if detail is not None:
            trail: Trail = request.cb_kwargs["trail"]
            trail = trail.after(fault_hop(trail.url, detail))
            yield self.settled(trail) if trail.is_over else self.request(trail)

    def fault(self, error: Exception, url: str) -> str | None:
        """Tell a fault of our own, and return it in one line; None: a stop has broken it off.

        Raises:
            CloseSpider: it is none that the run could go on after; `failure` says why.
        """
        if self.outcome_of(error) is None:
            return None
        logger.error("an internal error at %s", url, exc_info=error)
        return fault_detail(error)

    def outcome_of(self, error: BaseException | None) -> tuple[State, str] | None:
        """Return what it means that a request had no answer; None: a stop has broken it off.

        Raises:
            CloseSpider: nothing can be kept; `failure` says why.
        """
        if error is None or isinstance(error, StoppedError):
            return None
        if isinstance(error, sqlite3.Error):  # from what was to be remembered of the web
            self.cannot_keep(error)
        if isinstance(error, OwnFailureError) and self.failure is None:
            raise self.give_up(str(error)) from error
        self.end_if_failed()
        return outcome_of_error(error)

    async def _go_on(self, trail: Trail) -> AsyncIterator[Any]:
        step = self.pages.begin(trail) if trail.is_over else self.request(trail)
        if isinstance(step, Request):
            yield step
            return
        trail = step
        if self.archive is not None and self.archive.wants(trail):
            async for output in self.archive.take(trail):
                yield output
        else:
            yield self.finished(trail)

    def finished(self, trail: Trail) -> Request | SourceVisit:
        """Return the visit that a trail was, or the request for what its page has elsewhere."""
        return self.oembed.request(trail) or self.settled(trail)

    def settled(self, trail: Trail) -> SourceVisit:
        """Return the visit that a trail was, now that it is over."""
        return SourceVisit(trail.source.key, trail.visit())

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

    def ended(self, key: str) -> None:
        """Note that the visit of a source is in the ledger."""
        self._begun.pop(key, None)

    def spider_error(self, failure: Failure, response: Response | Failure | None) -> None:
        """Note why a source gets no visit: somebody's code behind our callbacks has raised."""
        request = getattr(response, "request", None)
        about = () if request is None else request.cb_kwargs.values()
        for trail in about:
            if isinstance(trail, Trail) and failure.value is not None:
                self._lose(trail.source.key, failure.value)

    def item_error(self, item: Any, failure: Failure) -> None:
        """Note why a source gets no visit: its visit could not be stored."""
        if isinstance(item, SourceVisit) and failure.value is not None:
            self._lose(item.key, failure.value)

    def _lose(self, key: str, error: BaseException) -> None:
        self._lost[key] = State.INTERNAL_ERROR, fault_detail(error)

    async def _settle_the_lost(self) -> None:
        """Give a state to each source that was begun and whose visit never came."""
        for key, url in [*self._begun.items()]:
            state, detail = self._lost.get(key, _LOST)
            level = logging.ERROR if state is State.INTERNAL_ERROR else logging.INFO
            logger.log(level, "%s %s (%s)", state, url, detail)
            try:
                visit = bare_visit(url, state, detail)
                await self.ledger_thread.run(self.ledger_thread.crawl.store_visit, key, visit)
                self.ended(key)
            except sqlite3.Error as error:
                self.cannot_keep(error)
            except Exception:
                # The exit code tells, since it has no visit; the next run asks for it again.
                logger.exception("no state of %s can be stored", url)

    async def spider_closed(self, reason: str) -> None:
        """Complete the summary, and close what the run had open."""
        closings: list[Callable[[], Awaitable[None]]] = [self.pool.close]
        closings += [desk.close for desk in (self.scripts, self.images) if desk is not None]
        for close in closings:
            try:
                await close()
            except Exception:  # the ledger and the log of runs are still to be completed
                logger.exception("workers could not be ended")
        interrupted = is_stopping(self.crawler)
        proxies = self.crawler.get_extension(Proxies)
        told = None if proxies is None or interrupted else proxies.failure
        if told is not None and self.failure is None:
            self.give_up(told)
        if reason == "finished" and self.failure is None and self.ledger_thread.is_open:
            if not interrupted:
                await self._settle_the_lost()
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

    def give_up(self, failure: str) -> CloseSpider:
        """Note why the run cannot go on, and return what ends it."""
        self.failure = failure
        failure_logger.error(failure)
        return CloseSpider(failure)

    def _stop(self) -> BoundedStop | None:
        return self.crawler.get_extension(BoundedStop)
