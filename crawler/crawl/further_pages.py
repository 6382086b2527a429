"""The further pages of an article, asked for one after the other and joined to its first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scrapy import Request

from crawler.crawl.fetching import Result, fetch
from crawler.downloader.cookies import COOKIES
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.partial import MUST_BE_PAGE
from crawler.extraction.joined_pages import with_next_page
from crawler.states import State
from crawler.urls.canonical import url_key
from crawler.urls.pagination import page_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.crawl.open_visit import OpenVisit
    from crawler.crawl.reading import PageReader
    from crawler.extraction.article import Article

# An article that is begun is completed before its site is asked for others.
_PRIORITY: Final = 1
_SECOND: Final = 2


async def with_further_pages(
    visit: OpenVisit, read: PageReader, *, most: int, count: Callable[[str], None]
) -> OpenVisit:
    """Return a visit with the pages of its article that follow the first, whose metadata hold.

    A page that fails ends it, as do one that was there before and the limit: what was joined by
    then is the article. A visit that has its first page has it good, and no less after.

    Args:
        most: pages of an article.
        count: counts in the crawl's stats.
    """
    page = visit.pages[-1]
    if page is None or page.article.next_page is None:
        return visit
    article = page.article
    answered = (visit.attempts[-1].redirects or (visit.attempts[-1].url,))[-1]
    first = _url_of_first_page(article, answered) if most > 1 else None
    if first is None:
        return _whole(visit, article)
    keys, hashes = {url_key(first), url_key(answered)}, {article.content_hash}
    while (url := article.next_page) is not None and url_key(url) not in keys:
        number = (article.page_count or 1) + 1
        if number > most:
            return _whole(visit, _with_note(article, f"only the first {most} pages were read"))
        keys.add(url_key(url))
        visit = visit.with_article(article)
        # No name for the result: a visit that waits for its next page is to hold no body.
        answered, found = await _read(await fetch(_request(url, visit)), read, first, number)
        if isinstance(found, str):
            count("crawler/pages/failed")
            note = f"page {number} could not be read: {found}"
            # The next visit is to ask for all again, also if the first page has not changed.
            return visit.with_article(_with_note(article, note), is_whole=False)
        if found is None or found.content_hash in hashes:
            break
        joined = with_next_page(article, found)
        if joined is None:
            break
        count("crawler/pages/joined")
        article = _with_note(replace(joined, next_page=found.next_page), found.cut)
        keys.add(url_key(answered))
        hashes.add(found.content_hash)
    return _whole(visit, article)


def _url_of_first_page(article: Article, answered: str) -> str | None:
    """Return the URL from which the next page of an article is the second; None: there is none."""
    for first in filter(None, (answered, article.canonical_url)):
        page = page_number(article.next_page or "", first)
        if page is not None and page.number == _SECOND:
            return first
    return None


def _request(url: str, visit: OpenVisit) -> Request:
    return Request(
        url,
        meta={COOKIES: visit.cookies, MUST_BE_PAGE: True},
        priority=_PRIORITY,
        dont_filter=True,
    )


async def _read(
    result: Result, read: PageReader, first: str, number: int
) -> tuple[str, Article | str | None]:
    """Return the URL that answered, and the page of this number.

    In the page's place: why there is none; None: it leads back.
    """
    response = result.response
    if response is None:
        assert result.error is not None
        state, detail = outcome_of_error(result.error)
        return result.request.url, f"{state}, {detail}"
    found = page_number(response.url, first)
    if found is None:
        return response.url, "it redirects elsewhere"
    if found.number != number:
        return response.url, None
    reading = await read(response, wants_body=True, first=first)
    if reading.state is not State.OK or reading.page is None:
        return response.url, f"{reading.state}, {reading.detail or f'HTTP {response.status}'}"
    return response.url, reading.page.article


def _whole(visit: OpenVisit, article: Article) -> OpenVisit:
    return visit.with_article(replace(article, next_page=None))


def _with_note(article: Article, note: str) -> Article:
    return replace(article, cut="; ".join(filter(None, (article.cut, note))))
