"""Asks a site's oEmbed answer for what a page does not say of its recording."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request

from crawler.crawl.faults import fault_hop, settles_faults
from crawler.downloader.cookies import COOKIES
from crawler.downloader.host_state import VIA
from crawler.downloader.media_type import content_type_of, media_type
from crawler.extraction.metadata.media import OEMBED, oembed_to_ask, with_missing, with_oembed
from crawler.sanitize import plain_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.crawl.trail import Trail
    from crawler.spiders.source import SourceSpider

logger = logging.getLogger("crawler.run")

_OK: Final = 200
_ANSWER_BYTES: Final = 64 * 1024
_PRIORITY: Final = 1  # what is begun is completed before the site is asked for others
_DETAIL_LENGTH: Final = 200


class OEmbedDesk:
    """Completes the recording of a player's page, once for each source.

    What fails is no state of the source: its page was read. Then what an earlier visit had from
    there stays.
    """

    def __init__(self, spider: SourceSpider) -> None:
        self._spider = spider

    def request(self, trail: Trail) -> Request | None:
        """Return the request for what the page of a trail's last URL lacks; None: nothing."""
        answer = trail.answers[-1]
        url = None if answer is None else oembed_to_ask(answer.article)
        if url is None:
            return None
        meta: dict[str, Any] = {"dont_retry": True, "download_maxsize": _ANSWER_BYTES}
        meta |= {VIA: site_of(trail.hops[-1].url)}
        return Request(
            url,
            headers={"Accept": "application/json"},
            callback=self.answer_came,
            errback=self.failed,
            cb_kwargs={"visited": trail},
            meta={
                COOKIES: trail.cookies,
                "dont_retry": True,
                "download_maxsize": _ANSWER_BYTES,
                VIA: site_of(trail.hops[-1].url),
            },
            priority=_PRIORITY,
            dont_filter=True,
        )

    @settles_faults
    async def answer_came(self, response: Response, visited: Trail) -> AsyncIterator[Any]:
        """Add what an answer says; yield the visit.

        Raises:
            CloseSpider: nothing can be kept.
        """
        self._spider.end_if_failed()
        answer = visited.answers[-1]
        assert answer is not None
        kind = media_type(content_type_of(response.headers))
        if response.status != _OK or "json" not in kind:
            trail = self._without(visited, response.url, f"HTTP {response.status}, {kind}")
        else:
            try:
                article = with_oembed(answer.article, response.body, response.url)
            except ValueError as error:
                trail = self._without(visited, response.url, str(error))
            else:
                trail = visited.with_article(article)
        yield self._spider.settled(trail)

    @settles_faults
    async def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Do without an answer; yield the visit.

        Raises:
            CloseSpider: the run cannot go on.
        """
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        outcome = self._spider.outcome_of(failure.value)
        if outcome is not None:
            why = ", ".join(outcome)
            visited = request.cb_kwargs["visited"]
            yield self._spider.settled(self._without(visited, request.url, why))

    async def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Note a fault of our own, and yield the visit."""
        detail = self._spider.fault(error, request.url)
        if detail is not None:
            trail: Trail = request.cb_kwargs["visited"]
            yield self._spider.settled(trail.broken(fault_hop(trail.hops[-1].url, detail)))

    def _without(self, trail: Trail, url: str, why: str) -> Trail:
        logger.debug("no oEmbed from %s: %s", url, plain_text(why, limit=_DETAIL_LENGTH))
        answer, held = trail.answers[-1], trail.source.held
        assert answer is not None
        known = () if held is None or held.article is None else held.article.media[:1]
        if not known or known[0].oembed_url != answer.article.media[0].oembed_url:
            return trail
        return trail.with_article(with_missing(answer.article, known[0], OEMBED))
