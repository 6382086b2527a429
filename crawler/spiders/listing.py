"""Base of spiders that read pages which list articles."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy import Request
from scrapy.exceptions import CloseSpider

from crawler.crawl.downloads import download_request
from crawler.crawl.faults import outputs_of, place_of_error, place_of_output
from crawler.discovery.found import FoundArticle
from crawler.discovery.scraped import tidied
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.stop import StoppedError
from crawler.options import OptionError
from crawler.sanitize import plain_text
from crawler.spiders.discovery import DiscoverSpider
from crawler.states import State
from crawler.urls.host import safe_url

if TYPE_CHECKING:
    from scrapy.http import Response

logger = logging.getLogger("crawler.run")

_DETAIL_LENGTH: Final = 200
_NOTHING: Final = "parse found neither articles nor further pages"
_UNUSABLE: Final = "none of {} articles has a URL that can be used"
_MOST_OUTPUTS: Final = 50_000  # of one page: a generator may have no end
_MOST_TOLD: Final = 20  # of what is wrong with the values of one page
_OF_THE_RUN: Final = (CloseSpider, StoppedError, OwnFailureError)


@dataclass(frozen=True, slots=True)
class Placed:
    """An article, and the place in the spider that it came from."""

    article: FoundArticle
    place: str


class ListingSpider(DiscoverSpider):
    """Base of a spider of one's own: `name`, `start_urls` and `parse` are all that it needs.

    `parse` is a callback as Scrapy knows it, plain or async, and yields a `FoundArticle` for each
    article that a page lists, with values just as the page has them (a relative URL, a date in
    words), and requests for further pages, such as `response.follow(…)`, with callbacks and
    `cb_kwargs` of their own if need be. Everything else is done by the base: pages are asked for
    with the manners of all requests, articles become items unless they are known, and all items
    of the folder are enriched. Errbacks are not called: how asking for a page ended is counted in
    a named state, `extraction-error` where a callback raises, and `empty` where it finds nothing
    on one of `start_urls`, or articles on a page of which none can be used.

    Arguments are those of `DiscoverSpider`; `urls` stands in the place of `start_urls`.

    Attributes:
        start_urls: the pages to begin with.
        max_pages: at most so many pages are asked for from each of them.
    """

    max_pages: ClassVar[int] = 20

    def read_arguments(self, **own: Any) -> None:
        """Read the spider's own arguments.

        Raises:
            OptionError: one makes no sense, or there is no page to begin with.
        """
        super().read_arguments(**own)
        if not self.search.urls:
            raise OptionError(f"urls: {self.name} names no page to begin with")

    async def discover(self) -> None:
        """Go through all listings, some at once."""
        self._seen: set[bytes] = set()
        await self.each(dict.fromkeys(self.search.urls), self._listing)

    async def _listing(self, url: str) -> None:
        """Go through the pages of a listing, in the order in which they are found."""
        waiting = deque([Request(safe_url(url))])
        asked = 0
        while waiting and not self.is_full:
            request = waiting.popleft()
            if not self._is_new(request):
                continue
            if asked >= self.max_pages:
                logger.info("%s: no more pages than max_pages, %d", url, self.max_pages)
                break
            asked += 1
            waiting.extend(await self._page(request, is_first=request.url == url))

    def _is_new(self, request: Request) -> bool:
        assert self.crawler.request_fingerprinter is not None
        fingerprint = self.crawler.request_fingerprinter.fingerprint(request)
        is_new = request.dont_filter or fingerprint not in self._seen
        self._seen.add(fingerprint)
        return is_new

    async def _page(self, request: Request, *, is_first: bool) -> list[Request]:
        """Take a page's articles; return the requests that it leads to."""
        self.check_contact(request.url)
        asked = await download_request(self.crawler, request)
        self.end_if_failed()
        if asked.state is not State.OK or (response := asked.response) is None:
            await self.told(request.url, asked.state, asked.detail)
            return []
        outputs, error = await self._parsed(request, response)
        articles = [output for output in outputs if isinstance(output, Placed)]
        usable = await self._take(articles, response.url)
        if error is not None:
            await self.told(request.url, State.EXTRACTION_ERROR, error)
        elif not outputs and is_first:  # as after the site has got another look
            await self.told(request.url, State.EMPTY, _NOTHING)
        elif articles and not usable:  # likewise
            await self.told(request.url, State.EMPTY, _UNUSABLE.format(len(articles)))
        else:
            await self.told(request.url, State.OK, f"{len(articles)} articles")
        return [output for output in outputs if isinstance(output, Request)]

    async def _parsed(
        self, request: Request, response: Response
    ) -> tuple[list[Placed | Request], str | None]:
        """Return what the callback yields, and its error: what came before that counts."""
        outputs: list[Placed | Request] = []
        callback = request.callback or self.parse
        result = None
        try:
            result = callback(response, **request.cb_kwargs)
            async for output in outputs_of(result):
                if not isinstance(output, (FoundArticle, Request)):
                    kind = type(output).__name__
                    raise TypeError(f"{kind} is neither a FoundArticle nor a Request")  # noqa: TRY301 - it is told like any error of the callback
                if len(outputs) >= _MOST_OUTPUTS:
                    raise OverflowError(f"more than {_MOST_OUTPUTS} articles and requests")  # noqa: TRY301 - likewise
                if isinstance(output, Request):
                    outputs.append(output)
                else:
                    outputs.append(Placed(output, place_of_output(callback, result)))
        except _OF_THE_RUN:
            raise
        except Exception as error:  # of somebody's code; the other pages go on
            logger.exception("the callback for %s failed", response.url)
            place = place_of_error(callback, error)
            told = f"{type(error).__name__}: {error}"
            return outputs, plain_text(f"{place}: {told}", limit=_DETAIL_LENGTH)
        return outputs, None

    async def _take(self, articles: list[Placed], page_url: str) -> int:
        """Take the articles of a page; return how many have a URL."""
        usable = 0
        told: dict[str, None] = {}
        for placed in articles:
            refused: list[str] = []
            article = tidied(placed.article, page_url, refused)
            told |= dict.fromkeys(f"{placed.place}: {message}" for message in refused)
            if article is None:
                await self.book(self.count, unusable=1)
                url = plain_text(repr(placed.article.url), limit=_DETAIL_LENGTH)
                told[f"{placed.place}: {page_url}: an article without a usable URL: {url}"] = None
                continue
            usable += 1
            if self.search.wants(article.url, article.modified or article.published):
                await self.found(article)
        for message in list(told)[:_MOST_TOLD]:
            await self.problem(message)
        if len(told) > _MOST_TOLD:
            await self.problem(f"{page_url}: {len(told) - _MOST_TOLD} more of the kind")
        return usable
