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
    in_spite_of_pauses: bool = False,
    via: str | None = None,
) -> Asked:
    """Ask for a URL by the crawl's own downloader, with all its middlewares.

    Args:
        headers: conditions of the request, for example.
        most: bytes that the answer may have; None: DOWNLOAD_MAXSIZE.
        follow: whether redirects are followed; if not, one is `ok` as well.
        in_spite_of_pauses: whether it is asked for whatever earlier runs met there.
        via: who led to it, if strangers did (`crawler.downloader.host_state`).

    Raises:
        StoppedError, OwnFailureError: as `ask_for`.
    """
    meta: dict[str, Any] = {"dont_redirect": not follow, IN_SPITE_OF_PAUSES: in_spite_of_pauses}
    meta |= {} if most is None else {"download_maxsize": most}
    meta |= {} if via is None else {VIA: via}
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


_MOST_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a URL leads.

    Attributes:
        url: the publisher's; None: it was not found out.
        detail: why not.
        may_recover: whether another run may find it out.
    """

    url: str | None
    detail: str | None = None
    may_recover: bool = False


async def follow(crawler: Crawler, url: str) -> Lead:
    """Find out where a URL leads, asking shorteners only: the publisher is left to the crawl.

    Raises:
        StoppedError, OwnFailureError: as `crawler.crawl.asking.ask`.
    """
    for _ in range(_MOST_STEPS):
        if (told := target_told(url)) is not None:
            url = told
        elif not must_be_asked(url):
            return Lead(url)
        else:
            asked = await ask(crawler, url, follow=False)
            location = None if asked.response is None else asked.response.headers.get("Location")
            if location is None:
                detail = f"{asked.state} ({asked.detail})" if asked.detail else str(asked.state)
                if asked.state is State.OK:
                    detail = "it does not say where it leads"
                return Lead(None, detail, may_recover=asked.state.is_transient)
            target = http_url(urljoin(url, location.decode("utf-8", "replace")))
            if target is None:
                return Lead(None, "it leads to no web address")
            url = target
    return Lead(None, "it leads on without end")
