"""Follows shortened and redirecting URLs to the publisher's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from crawler.sanitize import http_url
from crawler.spiders.asking import ask
from crawler.states import State
from crawler.urls.redirectors import must_be_asked, target_told

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

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
        StoppedError, OwnFailureError: as `crawler.spiders.asking.ask`.
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
