"""robots.txt is obeyed by every request that the downloader gets."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from scrapy.exceptions import NotConfigured

from crawler import config
from crawler.downloader.exceptions import (
    ForbiddenByRobotsError,
    RetryLaterError,
    RobotsUnreachableError,
)
from crawler.downloader.host_state import Hosts, led_by, memory_of
from crawler.downloader.retry import IN_SPITE_OF_PAUSES, NO_STRIKES
from crawler.downloader.robots.known import Asker, KnownRobots, RobotsFetcher, utc_now
from crawler.downloader.robots.rules import origin_of, product_token
from crawler.timestamps import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Request


_PUT_BACK: Final = "crawler_put_back"  # how often a request has gone back to the frontier
_MOST_PUT_BACK: Final = 10  # or else one might go round for ever, where memory is short
_AN_IMAGE: Final = "an image"  # what has led to a host where only an image was asked of it


class RobotsMiddleware:
    """Refuses what robots.txt forbids, and keeps the requests apart that it wants apart.

    Like Scrapy's own it passes requests with the meta key `dont_obey_robotstxt`, and matches the
    product token of `ROBOTSTXT_USER_AGENT`, or of `USER_AGENT`.
    """

    def __init__(self, crawler: Crawler, *, now: Callable[[], datetime] = utc_now) -> None:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._longest_delay = config.CRAWL_DELAY_MAX.of(settings)
        token = product_token(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])
        fetch = RobotsFetcher(crawler).fetch
        self._known = KnownRobots(fetch, token, memory=partial(memory_of, crawler), now=now)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: ROBOTSTXT_OBEY is off.
            OptionError: CRAWLER_CRAWL_DELAY_MAX makes no sense.
        """
        return cls(crawler)

    async def process_request(self, request: Request) -> Request | None:
        """Let an allowed request pass, once the rules of its origin are there.

        One that had to wait for them goes back to the frontier: it took no place meanwhile, and
        has to be given one now.

        Raises:
            ForbiddenByRobotsError: robots.txt forbids it.
            RobotsUnreachableError: robots.txt could not be asked.
            CannotResolveHostError: there is no such host, neither for robots.txt nor for the URL.
            IgnoreRequest: as `RobotsFetcher.fetch`.
        """
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith("http"):
            return None
        origin = origin_of(request.url)
        known = self._known.at_hand(origin)
        if has_waited := known is None:
            try:
                with self._stepping_aside(request):
                    known = await self._known.of(origin, _asker(request))
            except RetryLaterError:
                return _put_back(request)
        assert known is not None
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
        may_go_back = has_waited and request.meta.get(_PUT_BACK, 0) < _MOST_PUT_BACK
        return _put_back(request) if may_go_back else None

    def _stepping_aside(self, request: Request) -> AbstractContextManager[None]:
        hosts = self._crawler.get_extension(Hosts)
        return nullcontext() if hosts is None else hosts.stepping_aside(request)


def _asker(request: Request) -> Asker:
    via = led_by(request) or (_AN_IMAGE if NO_STRIKES in request.meta else None)
    return Asker(via, bool(request.meta.get(IN_SPITE_OF_PAUSES)))


def _put_back(request: Request) -> Request:
    """Return a request as it is to be made next of its site."""
    again = request.replace(dont_filter=True, priority=request.priority + 1)
    again.meta[_PUT_BACK] = again.meta.get(_PUT_BACK, 0) + 1
    return again
