"""One request outside of the plan, with the manners of all others, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.bounded_stop import StoppedError
from crawler.fetch.conditional import is_not_modified
from crawler.fetch.outcome import outcome_of_error, state_of_status
from crawler.fetch.warc.errors import OwnFailureError
from crawler.states import State
from crawler.urls.host import safe_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response


@dataclass(frozen=True, slots=True)
class Asked:
    """How a request ended; `ok` with an answer whose body is to be read.

    Attributes:
        detail: the evidence, in a few words.
    """

    state: State
    detail: str | None = None
    response: Response | None = None


async def ask(
    crawler: Crawler,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    most: int | None = None,
    follow: bool = True,
) -> Asked:
    """Ask for a URL by the crawl's own downloader, with all its middlewares.

    Args:
        headers: conditions of the request, for example.
        most: bytes that the answer may have; None: DOWNLOAD_MAXSIZE.
        follow: whether redirects are followed; if not, one is `ok` as well.

    Raises:
        StoppedError, OwnFailureError: as `ask_for`.
    """
    meta = {"dont_redirect": not follow} | ({} if most is None else {"download_maxsize": most})
    request = Request(safe_url(url), headers=dict(headers or {}), meta=meta)
    return await ask_for(crawler, request, follow=follow)


async def ask_for(crawler: Crawler, request: Request, *, follow: bool = True) -> Asked:
    """Send a request by the crawl's own downloader; what it was to call is not called.

    Args:
        follow: as for `ask`, to which the request's meta has to be true.

    Raises:
        StoppedError: the crawl is being stopped.
        OwnFailureError: the run cannot go on.
    """
    request = request.replace(callback=NO_CALLBACK, errback=None, dont_filter=True)
    assert crawler.engine is not None
    try:
        response = await crawler.engine.download_async(request)
    except (StoppedError, OwnFailureError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no answer
        return Asked(*outcome_of_error(error))
    if is_not_modified(response):
        return Asked(State.NOT_MODIFIED, response=response)
    if not follow and response.headers.get("Location") is not None:
        return Asked(State.OK, response=response)
    state = state_of_status(response.status)
    told = None if state is None else f"HTTP {response.status}"
    return Asked(state or State.OK, told, response)
