"""The story of a visit: URL after URL, further pages, oEmbed, and the web archive in the end."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.crawl.faults import fault_attempt, fault_detail
from crawler.crawl.fetching import RUN_ENDING, Result, fetch
from crawler.crawl.further_pages import with_further_pages
from crawler.crawl.javascript import with_scripts
from crawler.crawl.oembed import with_recording
from crawler.crawl.open_visit import OpenVisit
from crawler.crawl.reading import redirects_of
from crawler.downloader.conditional import CONDITIONS, conditions
from crawler.downloader.cookies import COOKIES
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.partial import MUST_BE_PAGE
from crawler.downloader.proxies import ProxyDoubtError
from crawler.downloader.retry import IN_SPITE_OF_PAUSES
from crawler.downloader.ssrf import AT_HOME
from crawler.downloader.warc import TAKEN_AT
from crawler.ledger.records import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.crawl.javascript import ScriptRunner
    from crawler.crawl.reading import PageReader
    from crawler.crawl.wayback import Wayback
    from crawler.ledger.records import SourceRecord, Visit
    from crawler.states import State

logger = logging.getLogger("crawler.run")


class DoubtfulVisitError(Exception):
    """Whether a visit says anything of its source is only known once the run is over.

    Attributes:
        state, detail: what it says then.
    """

    def __init__(self, state: State, detail: str) -> None:
        super().__init__(f"{state} ({detail})")
        self.state = state
        self.detail = detail


@dataclass(frozen=True, slots=True)
class VisitTools:
    """What all visits of a run have in common.

    Attributes:
        read: reads answers.
        scripts: runs the scripts of pages; None: nothing does.
        wayback: knows lost pages; None: nobody is asked.
        most_pages: of one article.
        retry: states after which pauses of a site do not keep a source from being asked for.
        count: counts in the crawl's stats.
    """

    read: PageReader
    scripts: ScriptRunner | None
    wayback: Wayback | None
    most_pages: int
    retry: frozenset[State]
    count: Callable[[str], None]


async def visit_source(source: SourceRecord, tools: VisitTools, *, asks_anew: bool) -> Visit:
    """Visit a source.

    A fault of our own is the state of the URL at which it was met, and the next URL is tried.

    Raises:
        BaseException: one of `RUN_ENDING`: nothing was learned of the source.
        DoubtfulVisitError: a proxy may have answered in the place of its site.
    """
    visit = OpenVisit(source, asks_anew=asks_anew)
    while not visit.is_over:
        visit = await _after_next_url(visit, tools)
    try:
        visit = await with_further_pages(
            visit, tools.read, most=tools.most_pages, count=tools.count
        )
        if tools.wayback is not None and tools.wayback.may_have(visit):
            return (await tools.wayback.look_up(visit)).closed()
        return (await with_recording(visit)).closed()
    except RUN_ENDING:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the source gets a state
        return visit.broken(_fault(visit.attempts[-1].url, error)).closed()


async def _after_next_url(visit: OpenVisit, tools: VisitTools) -> OpenVisit:
    """Return the visit with an attempt at its next URL."""
    try:
        result = await fetch(_request(visit, tools.retry))
        if result.response is None:
            return _without_answer(visit, result)
        reading = await tools.read(result.response, wants_body=visit.source.wants_body)
        if visit.source.wants_body:
            reading = await with_scripts(reading, result.response, tools.scripts, tools.read)
        attempt = reading.attempt(visit.url, result.response)
        at = result.response.meta.get(TAKEN_AT)
        after = visit.after(attempt, reading.page, at=at)
        return after.from_home() if result.response.meta.get(AT_HOME) else after
    except (*RUN_ENDING, DoubtfulVisitError):
        raise
    except Exception as error:  # noqa: BLE001 - likewise
        return visit.after(_fault(visit.url, error))


def _request(visit: OpenVisit, retry: frozenset[State]) -> Request:
    """Return the request for the next URL of a visit."""
    is_wanted = visit.asks_anew or visit.source.last_state in retry
    return Request(
        visit.url,
        meta={
            COOKIES: visit.cookies,
            CONDITIONS: None if visit.asks_anew else conditions(visit.source, visit.url),
            IN_SPITE_OF_PAUSES: is_wanted,
            MUST_BE_PAGE: True,
        },
        dont_filter=True,  # the plan names each source once
    )


def _without_answer(visit: OpenVisit, result: Result) -> OpenVisit:
    """Return the visit after a request that had no answer."""
    error, meta = result.error, result.request.meta
    assert error is not None
    state, detail = outcome_of_error(error)
    attempt = Attempt(
        url=visit.url,
        state=state,
        redirects=redirects_of(meta.get("redirect_urls", ()), result.request.url),
        detail=detail,
        seconds=meta.get("download_latency"),
        retry_at=getattr(error, "retry_at", None) or meta.get("retry_at"),
    )
    after = visit.after(attempt)
    if isinstance(error, ProxyDoubtError) and after.is_over:
        raise DoubtfulVisitError(state, detail)
    return after.from_home() if meta.get(AT_HOME) else after


def _fault(url: str, error: Exception) -> Attempt:
    """Tell a fault of our own, and return it as the attempt at a URL."""
    logger.error("an internal error at %s", url, exc_info=error)
    return fault_attempt(url, fault_detail(error))
