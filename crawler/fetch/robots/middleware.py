"""robots.txt is obeyed by every request that the downloader gets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Self

from scrapy.exceptions import NotConfigured

from crawler.fetch.hosts.hosts import Hosts
from crawler.fetch.robots.errors import ForbiddenByRobotsError, RobotsUnreachableError
from crawler.fetch.robots.fetch import RobotsFetcher
from crawler.fetch.robots.known import KnownRobots, utc_now
from crawler.fetch.robots.origin import origin_of
from crawler.fetch.robots.product_token import product_token
from crawler.moments import utc_text
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Request
    from scrapy.settings import BaseSettings

    from crawler.fetch.memory import WebMemory

_DELAY_MAX: Final = "CRAWLER_CRAWL_DELAY_MAX"


def check_robots_settings(settings: BaseSettings) -> None:
    """Look at the setting before anything is begun.

    Raises:
        OptionError: the longest delay is no number of seconds.
    """
    try:
        seconds = float(settings[_DELAY_MAX])
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise OptionError(f"{_DELAY_MAX}: {settings[_DELAY_MAX]!r} is not a number from 0 on")


class RobotsMiddleware:
    """Refuses what robots.txt forbids, and keeps the requests apart that it wants apart.

    Like Scrapy's own it passes requests with the meta key `dont_obey_robotstxt`, and matches the
    product token of `ROBOTSTXT_USER_AGENT`, or of `USER_AGENT`.
    """

    def __init__(self, crawler: Crawler, *, now: Callable[[], datetime] = utc_now) -> None:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        check_robots_settings(settings)
        self._crawler = crawler
        self._longest_delay = settings.getfloat(_DELAY_MAX)
        token = product_token(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])
        fetch = RobotsFetcher(crawler).fetch
        self._known = KnownRobots(fetch, token, memory=self._memory, now=now)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: ROBOTSTXT_OBEY is off.
            OptionError: as `check_robots_settings`.
        """
        return cls(crawler)

    def _memory(self) -> WebMemory | None:
        memory: WebMemory | None = getattr(self._crawler.spider, "memory", None)
        return memory

    async def process_request(self, request: Request) -> None:
        """Let an allowed request pass, once the rules of its origin are there.

        Raises:
            ForbiddenByRobotsError: robots.txt forbids it.
            RobotsUnreachableError: robots.txt could not be asked.
            CannotResolveHostError: there is no such host, neither for robots.txt nor for the URL.
            IgnoreRequest: as `RobotsFetcher.fetch`.
        """
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith("http"):
            return
        known = await self._known.of(origin_of(request.url))
        if (error := known.unknown_host) is not None:
            raise type(error)(*error.args)
        rules = known.rules
        if not rules.allows(request.url):
            assert self._crawler.stats is not None
            self._crawler.stats.inc_value("crawler/robots_refused")
            if rules.unreachable is not None:
                raise RobotsUnreachableError(
                    rules.unreachable, utc_text(known.until), is_silent=rules.is_silent
                )
            raise ForbiddenByRobotsError
        if rules.delay and (hosts := self._crawler.get_extension(Hosts)) is not None:
            hosts.keep_apart(request.url, min(rules.delay, self._longest_delay))
