"""What an answer says: its state, the evidence for it, and the article."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from crawler.crawl.open_visit import PageRead
from crawler.downloader.conditional import header_field, is_not_modified
from crawler.downloader.media_type import content_type_of, is_html, is_json
from crawler.downloader.outcome import parked, state_of_status
from crawler.downloader.robots.rules import product_token
from crawler.downloader.warc import TAKEN_AT
from crawler.extraction.classify.walls import refused_by_challenge
from crawler.extraction.job import ExtractionJob
from crawler.extraction.metadata.opt_outs import OptOuts, header_opt_outs, with_opt_outs
from crawler.extraction.pool.page_worker import ExtractionKilledError, ExtractionRaisedError
from crawler.ledger.records import Attempt
from crawler.rules import SiteRules
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.http import Response

    from crawler.extraction.article import Article
    from crawler.extraction.pool.extraction_pool import ExtractionPool
    from crawler.rules import Rule

logger = logging.getLogger("crawler.run")

_DETAIL_LENGTH: Final = 200
_PERMANENT: Final = frozenset({301, 308})  # RFC 9110, section 15.4
_KILLED: Final = {
    "time": "took more than CRAWLER_EXTRACTION_SECONDS",
    "memory": "took more than CRAWLER_EXTRACTION_MEMORY",
    "crash": "crashed the extraction worker",
}
# What a page may be that was not asked for its text: a player is short, and may list others.
_WITHOUT_A_TEXT: Final = frozenset({State.PAYWALLED, State.LIST_PAGE})
_NO_RULES: Final = SiteRules()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a page was read."""

    state: State
    detail: str | None = None
    page: PageRead | None = None

    def attempt(self, url: str, response: Response) -> Attempt:
        """Return the attempt at `url` that ended with this response."""
        return Attempt(
            url=url,
            state=self.state,
            redirects=redirects_of(response.meta.get("redirect_urls", ()), response.url),
            permanent_redirects=permanent_redirects(response.meta.get("redirect_reasons", ())),
            status=response.status,
            detail=self.detail,
            seconds=response.meta.get("download_latency"),
            retry_at=response.meta.get("retry_at"),
        )


async def read_page(
    response: Response,
    pool: ExtractionPool[ExtractionJob, Article],
    *,
    wants_body: bool,
    url: str | None = None,
    first: str = "",
    rules: SiteRules = _NO_RULES,
    served_at: datetime | None = None,
) -> Reading:
    """Read an answer, its article in the pool.

    Args:
        url: the page's own URL, where an archive answers in its place.
        first: the URL of the article's first page, where this is a further one.
        rules: those of sites; the one for the page's URL and the day of the answer counts.
        served_at: when the page's own site gave it, where the answer does not say that.

    Raises:
        ExtractionPoolError: the pool cannot work at all; nothing was learned of the page.
    """
    if is_not_modified(response):
        return Reading(State.NOT_MODIFIED)
    content_type = content_type_of(response.headers)
    if (reading := _no_article(response, content_type)) is not None:
        return reading
    rule = rules.rule_for(url or response.url, day_of(response, served_at))
    try:
        article = await pool.extract(
            ExtractionJob(
                response.body,
                url or response.url,
                content_type,
                wants_body,
                _agent(response),
                # Where an archive sends one says nothing of the page.
                asked=next(iter(_redirects(response)), "") if url is None else "",
                first=first,
                rule=rule,
            )
        )
    except ExtractionKilledError as error:
        return Reading(State.EXTRACTION_TIMEOUT, _KILLED[error.reason])
    except ExtractionRaisedError as error:  # whatever a page makes a parser raise is its state
        logger.warning("extraction of %s failed", response.url, exc_info=error)
        detail = plain_text(str(error), limit=_DETAIL_LENGTH)
        return Reading(State.EXTRACTION_ERROR, detail)
    if url is None:  # what an archive says of its own copies is not the page's word
        article = with_opt_outs(article, _opt_outs(response))
    else:  # nor are its copies of the pages that follow joined
        article = replace(article, next_page=None)
    return _reading_of(article, response, rule, wants_body=wants_body)


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads answers by the rules of a run, in its pool."""

    pool: ExtractionPool[ExtractionJob, Article]
    rules: SiteRules

    async def __call__(
        self,
        response: Response,
        *,
        wants_body: bool,
        url: str | None = None,
        first: str = "",
        served_at: datetime | None = None,
    ) -> Reading:
        """Read an answer; see `read_page`."""
        return await read_page(
            response,
            self.pool,
            wants_body=wants_body,
            url=url,
            first=first,
            rules=self.rules,
            served_at=served_at,
        )

    def rule_for(self, response: Response) -> Rule | None:
        """Return the rule for an answer; None: there is none."""
        return self.rules.rule_for(response.url, day_of(response))


def day_of(response: Response, served_at: datetime | None = None) -> date:
    """Return the day (UTC) on which the page looked as it does in this answer."""
    taken = response.meta.get(TAKEN_AT) if response.request is not None else None
    return served_at.date() if served_at else (moment(taken) if taken else datetime.now(UTC)).date()


def _reading_of(
    article: Article, response: Response, rule: Rule | None, *, wants_body: bool
) -> Reading:
    kind = _kind_of(article, wants_body=wants_body)
    if kind is not None and not kind.state.has_text:
        return kind  # what was read is of what stands in the article's place
    misses = _misses(article, rule)
    if article.kind is not None:
        article = replace(article, kind=None, next_page=None)
    if article.rule_misses:
        article = replace(article, rule_misses=())
    page = PageRead(
        article, header_field(response, "ETag"), header_field(response, "Last-Modified")
    )
    if not wants_body:
        return Reading(State.UNSUPPORTED, misses, page)
    if kind is not None:
        return replace(kind, detail=_joined(kind.detail, misses), page=page)
    state = State.OK if article.markdown else State.EMPTY
    return Reading(state, _joined(article.cut, misses), page)


def _misses(article: Article, rule: Rule | None) -> str | None:
    """Return, in words, what the page's rule did not find; None: nothing."""
    if rule is None:
        return None
    is_bare = rule.javascript and not article.markdown
    needs = f"{rule.place}: needs JavaScript" if is_bare else None
    misses = ", ".join(article.rule_misses)
    return _joined(needs, f"{rule.place} finds no {misses}" if misses else None)


def _joined(*details: str | None) -> str | None:
    return "; ".join(filter(None, details)) or None


def _kind_of(article: Article, *, wants_body: bool) -> Reading | None:
    """Return how a page is read that is no whole article; None: it may well be one."""
    kind = article.kind
    if kind is None or (kind.state in _WITHOUT_A_TEXT and not wants_body):
        return None
    return Reading(kind.state, plain_text(kind.evidence, limit=_DETAIL_LENGTH))


def _no_article(response: Response, content_type: str) -> Reading | None:
    """Return how an answer is read that holds no article to look for; None: it may hold one."""
    state = state_of_status(response.status)
    asked = next(iter(_redirects(response)), response.url)
    evidence = parked(asked, response.url, response.body)
    if evidence is not None and (state is None or not state.is_transient):
        return Reading(State.PARKED, evidence)
    evidence = refused_by_challenge(response.status, _headers(response), response.body)
    if evidence is not None:
        return Reading(State.BLOCKED, evidence)
    if state is not None:
        return Reading(state)
    if "download_stopped" in response.flags or not is_html(content_type, response.body):
        told = f"JSON as {content_type}" if is_json(response.body) else content_type
        return Reading(State.NOT_HTML, plain_text(told, limit=_DETAIL_LENGTH) or "no HTML")
    return None


def _redirects(response: Response) -> list[str]:
    """Return the URLs that redirected, in order, the one that was requested first."""
    redirects: list[str] = (
        [] if response.request is None else response.meta.get("redirect_urls", [])
    )
    return redirects


def _headers(response: Response) -> dict[str, str]:
    """Return the header fields by lower-case name; bytes that are no ASCII as Latin-1."""
    fields = response.headers
    return {
        name.decode("latin-1").lower(): b",".join(fields.getlist(name)).decode("latin-1")
        for name in fields
    }


def redirects_of(redirect_urls: list[str] | tuple[str, ...], last: str) -> tuple[str, ...]:
    """Return where a request was redirected to, from Scrapy's `redirect_urls` and its last URL."""
    return (*redirect_urls[1:], last) if redirect_urls else ()


def permanent_redirects(reasons: Iterable[int | str]) -> int:
    """Return how many redirects in a row, from the first on, are permanent.

    Args:
        reasons: Scrapy's `redirect_reasons`: statuses, or "meta refresh".
    """
    return sum(1 for _ in takewhile(_PERMANENT.__contains__, reasons))


def _opt_outs(response: Response) -> OptOuts:
    fields = ("X-Robots-Tag", "tdm-reservation", "tdm-policy")
    tags, reservations, policies = (
        [value.decode("latin-1") for value in response.headers.getlist(name)] for name in fields
    )
    return header_opt_outs(tags, reservations, policies, base=response.url, agent=_agent(response))


def _agent(response: Response) -> str:
    """Return the product token by which the page was asked for."""
    headers = {} if response.request is None else response.request.headers
    return product_token((headers.get("User-Agent") or b"").decode("latin-1"))
