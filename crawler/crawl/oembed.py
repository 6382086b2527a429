"""Asks a site's oEmbed answer for what a page does not say of its recording."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from scrapy import Request

from crawler.crawl.fetching import Result, fetch
from crawler.downloader.cookies import COOKIES
from crawler.downloader.host_state import VIA
from crawler.downloader.media_type import content_type_of, media_type
from crawler.downloader.outcome import outcome_of_error
from crawler.extraction.metadata.media import OEMBED, oembed_to_ask, with_missing, with_oembed
from crawler.sanitize import plain_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from crawler.crawl.open_visit import OpenVisit
    from crawler.extraction.article import Article

logger = logging.getLogger("crawler.run")

_OK: Final = 200
_ANSWER_BYTES: Final = 64 * 1024
_PRIORITY: Final = 1  # what is begun is completed before the site is asked for others
_DETAIL_LENGTH: Final = 200


async def with_recording(visit: OpenVisit) -> OpenVisit:
    """Return a visit with what its page lacks of a recording, where the site's oEmbed has it.

    What fails is no state of the source: its page was read. Then what an earlier visit had from
    there stays.
    """
    page = visit.pages[-1]
    url = None if page is None else oembed_to_ask(page.article)
    if page is None or url is None:
        return visit
    result = await fetch(_request(url, visit))
    try:
        return visit.with_article(_completed(page.article, result))
    except ValueError as error:
        asked = result.request.url if result.response is None else result.response.url
        logger.debug("no oEmbed from %s: %s", asked, plain_text(f"{error}", limit=_DETAIL_LENGTH))
    held = visit.source.held
    known = () if held is None or held.article is None else held.article.media[:1]
    if not known or known[0].oembed_url != page.article.media[0].oembed_url:
        return visit
    return visit.with_article(with_missing(page.article, known[0], OEMBED))


def _request(url: str, visit: OpenVisit) -> Request:
    return Request(
        url,
        headers={"Accept": "application/json"},
        meta={
            COOKIES: visit.cookies,
            "dont_retry": True,
            "download_maxsize": _ANSWER_BYTES,
            VIA: site_of(visit.attempts[-1].url),
        },
        priority=_PRIORITY,
        dont_filter=True,
    )


def _completed(article: Article, result: Result) -> Article:
    """Add what an answer says.

    Raises:
        ValueError: it says nothing; why.
    """
    response = result.response
    if response is None:
        assert result.error is not None
        raise ValueError(", ".join(outcome_of_error(result.error)))
    kind = media_type(content_type_of(response.headers))
    if response.status != _OK or "json" not in kind:
        raise ValueError(f"HTTP {response.status}, {kind}")
    return with_oembed(article, response.body, response.url)
