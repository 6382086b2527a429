"""Spiders that create items before the plan is made, and then do what every crawl does."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from scrapy.exceptions import CloseSpider

from crawler.crawl.downloads import Download, download, resolve_redirector
from crawler.crawl.faults import place_of_error, place_of_output
from crawler.crawl.pool import reader_pool
from crawler.discovery.found import FoundArticle
from crawler.discovery.new_items import NewItems
from crawler.discovery.options import DiscoveryTally, SearchOptions, check_folder
from crawler.discovery.scraped import is_tidy, tidied
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.stop import BoundedStop, StoppedError
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.extraction.pool.page_worker import ExtractionKilledError, ExtractionRaisedError
from crawler.options import OptionError
from crawler.output.atomic import sweep_leftovers
from crawler.sanitize import plain_text
from crawler.spiders.source import SourceSpider
from crawler.states import State
from crawler.urls.redirectors import must_be_asked, target_told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from crawler.extraction.pool.extraction_pool import ExtractionPool

T = TypeVar("T")
JobT = TypeVar("JobT")
ReadT = TypeVar("ReadT")

logger = logging.getLogger("crawler.run")

_AT_ONCE: Final = 16
_DETAIL_LENGTH: Final = 200


class DiscoverSpider(SourceSpider):
    """Base of spiders that find articles: a subclass has `discover`, which calls `found`.

    Arguments are those of `SearchOptions.parse` and of `CrawlOptions.parse`; `items` is the folder
    that new items go to. A subclass may name its URLs as `start_urls`, which count where no
    argument `urls` is given, and change or pass over articles by `choose`. Arguments of its own
    (`arguments = FeedsSpider.arguments | {"section"}`) become attributes, which are texts.
    """

    arguments: ClassVar[frozenset[str]] = frozenset({"urls", "since", "match", "max_new"})
    search: SearchOptions
    tally: DiscoveryTally
    _new: NewItems | None = None

    def read_arguments(self, **own: Any) -> None:
        """Read the spider's own arguments.

        Raises:
            OptionError: one makes no sense.
        """
        known = SearchOptions.__dataclass_fields__.keys()
        search = {name: value for name, value in own.items() if name in known}
        if not search.get("urls"):
            search["urls"] = self.start_urls
        for name in own.keys() - known:
            setattr(self, name, own[name])
        self.search = SearchOptions.parse(**search)
        check_folder(self.options)
        self.options = replace(self.options, allow_empty=True)  # items are what it looks for

    async def discover(self) -> None:
        """Look for articles, and hand each to `found`."""
        raise NotImplementedError

    def choose(self, article: FoundArticle) -> FoundArticle | None:
        """Return an article as its item shall have it; None: no item is made of it."""
        return article

    async def prepare(self) -> None:
        """Take the items that there are, look for new ones, and take those."""
        folder = self.options.items[0]
        await self.book(folder.mkdir, parents=True, exist_ok=True)
        await self.book(sweep_leftovers, folder, recursive=False)  # of a run that was killed
        crawl = self.ledger_thread.crawl
        self.tally = crawl.summary.discovery = DiscoveryTally()
        await self.book(crawl.take, self.options.items)
        new = self._new = NewItems(
            crawl.ledger,
            folder,
            self.tally,
            by=self.name,
            limit=self.search.max_new,
            on_problem=crawl.on_problem,
        )
        try:
            await self.discover()
        except StoppedError:
            pass  # what was found is there
        except OwnFailureError as error:
            raise self.give_up(str(error)) from error
        except (CloseSpider, OptionError):
            raise
        except Exception as error:  # of somebody's code; what it had found is enriched
            logger.exception("discover failed")
            place = place_of_error(self.discover, error)
            detail = plain_text(f"{type(error).__name__}: {error}", limit=_DETAIL_LENGTH)
            await self.told(place, State.EXTRACTION_ERROR, detail)
        if self.tally.left:
            logger.warning("%d articles are left for another run (max_new)", self.tally.left)
        await self.book(crawl.take, new.created)

    async def found(self, article: FoundArticle) -> bool:
        """Create the item of an article, unless it is known; False: it is left for another run.

        Raises:
            CloseSpider: it cannot be written.
        """
        tidy = await self._tidy(article, self.discover)
        if tidy is None:
            return True
        if target_told(tidy.url) is not None or must_be_asked(tidy.url):
            return await self._found_by_lead(tidy)
        chosen = await self._chosen(tidy)
        if chosen is None:
            return True
        assert self._new is not None
        path = await self.book(self._new.add, chosen)
        if path is not None:
            logger.info("new %s: %s", path.name, chosen.url)
        return path is not None or not self.is_full

    async def _chosen(self, article: FoundArticle) -> FoundArticle | None:
        """Return the article as its item shall have it; None: none is made of it, or can be."""
        try:
            chosen = self.choose(article)
        except Exception as error:  # of somebody's code; the other articles go on
            logger.exception("choose failed")
            place = place_of_error(self.choose, error)
            wrong = f"choose failed: {type(error).__name__}: {error}"
            await self._unusable(f"{place}: {article.url}", wrong)
            return None
        if chosen is None:
            return None
        return await self._tidy(chosen, self.choose, article)

    async def _tidy(
        self, told: Any, code: Callable[..., Any], about: FoundArticle | None = None
    ) -> FoundArticle | None:
        """Return what somebody's code tells of an article as items may have it; None: it cannot be.

        Args:
            about: the article that the code was given.
        """
        if isinstance(told, FoundArticle) and is_tidy(told):
            return told
        place = place_of_output(code, None) + (f": {about.url}" if about else "")
        if not isinstance(told, FoundArticle):
            await self._unusable(place, f"{type(told).__name__} is no FoundArticle")
            return None
        refused: list[str] = []
        tidy = tidied(told, (about.found_in or about.url) if about else "", refused)
        for message in refused:
            await self.problem(f"{place}: {message}")
        if tidy is None:
            await self._unusable(place, "an article without a usable URL")
        return tidy

    async def _unusable(self, place: str, reason: str) -> None:
        await self.book(self.count, unusable=1)
        await self.problem(f"{place}: {plain_text(reason, limit=_DETAIL_LENGTH)}")

    async def _found_by_lead(self, article: FoundArticle) -> bool:
        assert self._new is not None
        if await self.book(self._new.is_known, article.url):
            return True
        if self.is_full:
            await self.book(self.count, left=1)
            return False
        lead = await resolve_redirector(self.crawler, article.url)
        self.end_if_failed()
        if lead.url is None:
            await self.book(self.count, unusable=1)
            await self.problem(f"{article.url}: not followed: {lead.detail}")
            return not lead.may_recover
        return await self.found(replace(article, url=lead.url, via=article.url))

    async def download(
        self, url: str, *, headers: Mapping[str, str] | None = None, most: int | None = None
    ) -> Download:
        """Ask for a URL; see `crawler.crawl.downloads.download`.

        Raises:
            CloseSpider: nothing can be kept, or there is no contact.
        """
        self.check_contact(url)
        force = self.options.force
        asked = await download(
            self.crawler, url, headers=headers, most=most, in_spite_of_pauses=force
        )
        self.end_if_failed()
        return asked

    async def told(self, url: str, state: State, detail: str | None = None) -> None:
        """Note how asking for a feed, a sitemap or a file ended."""
        await self.book(self.count, asked=state)
        evidence = f" ({detail})" if detail else ""
        if state.is_good:
            logger.info("%s %s%s", state, url, evidence)
        else:
            await self.problem(f"{url}: {state}{evidence}")

    async def problem(self, problem: str) -> None:
        """Note what is wrong with something that was found."""
        await self.book(self.ledger_thread.crawl.on_problem, problem)

    def count(self, *, asked: State | None = None, unusable: int = 0, left: int = 0) -> None:
        """Count what no item was made of; on the thread of the books, as all that counts."""
        if asked is not None:
            self.tally.asked[asked] += 1
        self.tally.unusable += unusable
        self.tally.left += left

    @property
    def is_full(self) -> bool:
        """Whether no more items are created in this run."""
        return self._new is not None and self._new.is_full

    async def each(
        self,
        sources: Iterable[T],
        work: Callable[[T], Awaitable[None]],
        *,
        at_once: int = _AT_ONCE,
    ) -> None:
        """Do some work for each source, some at once; the first error is raised when all ended."""
        turn = asyncio.Semaphore(at_once)

        async def one(source: T) -> None:
            async with turn:
                await work(source)

        ends = await asyncio.gather(*map(one, sources), return_exceptions=True)
        errors = [end for end in ends if isinstance(end, BaseException)]
        errors.sort(key=lambda error: isinstance(error, StoppedError))
        if errors:
            raise errors[0]

    def reader(
        self, read: Callable[[JobT], ReadT], answer: type[ReadT]
    ) -> ExtractionPool[JobT, ReadT]:
        """Return a pool of one worker for what strangers wrote; the caller closes it."""
        pool = reader_pool(self.settings, read, answer)
        if (stop := self.crawler.get_extension(BoundedStop)) is not None:
            stop.at_cut_off(pool.kill)
        return pool

    async def read(
        self, pool: ExtractionPool[JobT, ReadT], job: JobT
    ) -> tuple[State, str | None, ReadT | None]:
        """Read something in a pool; return its state, the evidence, and what was read.

        Raises:
            CloseSpider: nothing can be read at all.
            StoppedError: the crawl was stopped.
        """
        try:
            return State.OK, None, await pool.extract(job)
        except ExtractionKilledError as error:
            return State.EXTRACTION_TIMEOUT, f"reading it was ended: {error.reason}", None
        except ExtractionPoolError as error:
            self.pool_failed(error)
            raise StoppedError from error
        except ExtractionRaisedError as error:  # whatever strangers make a parser raise is theirs
            logger.warning("reading failed", exc_info=error)
            detail = plain_text(str(error), limit=_DETAIL_LENGTH)
            return State.EXTRACTION_ERROR, detail, None
