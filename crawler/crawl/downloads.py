"""One request outside of the plan, with the manners of all others, and where it has led."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.conditional import is_not_modified
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.host_state import VIA
from crawler.downloader.outcome import outcome_of_error, state_of_status
from crawler.downloader.retry import IN_SPITE_OF_PAUSES
from crawler.downloader.stop import StoppedError
from crawler.sanitize import http_url
from crawler.states import State
from crawler.urls.host import safe_url
from crawler.urls.redirectors import must_be_asked, target_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response


@dataclass(frozen=True, slots=True)
class Download:
    """How a request ended; `ok` with an answer whose body is to be read.

    Attributes:
        detail: the evidence, in a few words.
    """

    state: State
    detail: str | None = None
    response: Response | None = None


async def download(
    crawler: Crawler,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    most: int | None = None,
    follow: bool = True,
    in_spite_of_pauses: bool = False,
    via: str | None = None,
) -> Download:
    """Ask for a URL by the crawl's own downloader, with all its middlewares.

    Args:
        headers: conditions of the request, for example.
        most: bytes that the answer may have; None: DOWNLOAD_MAXSIZE.
        follow: whether redirects are followed; if not, one is `ok` as well.
        in_spite_of_pauses: whether it is asked for whatever earlier runs met there.
        via: who led to it, if strangers did (`crawler.downloader.host_state`).

    Raises:
        StoppedError, OwnFailureError: as `download_request`.
    """
    meta: dict[str, Any] = {"dont_redirect": not follow, IN_SPITE_OF_PAUSES: in_spite_of_pauses}
    meta |= {} if most is None else {"download_maxsize": most}
    meta |= {} if via is None else {VIA: via}
    request = Request(safe_url(url), headers=dict(headers or {}), meta=meta)
    return await download_request(crawler, request, follow=follow)


async def download_request(crawler: Crawler, request: Request, *, follow: bool = True) -> Download:
    """Send a request by the crawl's own downloader; what it was to call is not called.

    Args:
        follow: as for `download`, to which the request's meta has to be true.

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
        return Download(*outcome_of_error(error))
    if is_not_modified(response):
        return Download(State.NOT_MODIFIED, response=response)
    if not follow and response.headers.get("Location") is not None:
        return Download(State.OK, response=response)
    state = state_of_status(response.status)
    told = None if state is None else f"HTTP {response.status}"
    return Download(state or State.OK, told, response)


_MOST_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a URL leads.

    Attributes:
        url: the publisher's; None: it was not found out.
        detail: why not.
        may_recover: whether another run may find it out.
    """

    url: str | None
    detail: str | None = None
    may_recover: bool = False


async def resolve_redirector(crawler: Crawler, url: str) -> Destination:
    """Find out where a URL leads, asking shorteners only: the publisher is left to the crawl.

    Raises:
        StoppedError, OwnFailureError: as `crawler.crawl.downloads.download`.
    """
    for _ in range(_MOST_STEPS):
        if (told := target_told(url)) is not None:
            url = told
        elif not must_be_asked(url):
            return Destination(url)
        else:
            asked = await download(crawler, url, follow=False)
            location = None if asked.response is None else asked.response.headers.get("Location")
            if location is None:
                detail = f"{asked.state} ({asked.detail})" if asked.detail else str(asked.state)
                if asked.state is State.OK:
                    detail = "it does not say where it leads"
                return Destination(None, detail, may_recover=asked.state.is_transient)
            target = http_url(urljoin(url, location.decode("utf-8", "replace")))
            if target is None:
                return Destination(None, "it leads to no web address")
            url = target
    return Destination(None, "it leads on without end")
