"""Whether a request is made now, later or not in this run, and what an answer means for that."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadTimeoutError, NotConfigured
from scrapy.utils.misc import load_object

from crawler.fetch.addresses.errors import NoSuchHostError
from crawler.fetch.hosts.errors import DeferredError
from crawler.fetch.hosts.hosts import Hosts, host_of
from crawler.fetch.hosts.rest import Rest, pause_after_timeout, with_margin
from crawler.fetch.hosts.retry_after import longest_retry_after
from crawler.fetch.robots.errors import RobotsUnreachableError
from crawler.moments import moment, utc_text
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

    from crawler.fetch.memory import WebMemory

_ASK_TO_WAIT: Final = frozenset({429, 503})
_BLOCKS: Final = frozenset({403, 429, 503, 999})
NO_STRIKES: Final = "no_strikes"
"""Meta key of requests for what is not a page: their failures do not have the host left alone."""


class HostGate:
    """Keeps to what sites ask for, backs off where they fail, and retries once they may recover.

    In place of Scrapy's retry middleware, whose settings it keeps: RETRY_ENABLED, RETRY_TIMES,
    RETRY_HTTP_CODES, RETRY_EXCEPTIONS and the meta keys `dont_retry` and `max_retry_times`.
    """

    def __init__(self, crawler: Crawler) -> None:
        hosts = crawler.get_extension(Hosts)
        if hosts is None:
            raise NotConfigured
        settings = crawler.settings
        self._crawler = crawler
        self._hosts = hosts
        self._retries = settings.getbool("RETRY_ENABLED")
        self._statuses = {int(status) for status in settings.getlist("RETRY_HTTP_CODES")}
        self._failures = tuple(map(load_object, settings.getlist("RETRY_EXCEPTIONS")))
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._recalled = False
        self._recalling = asyncio.Lock()
        # Before the slot is free for the next request, which a middleware would be too late for.
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: the extension `Hosts` is off.
        """
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass whose host is not left alone.

        Raises:
            DeferredError: it is, for longer than this run waits.
        """
        await self._recall()
        if (rest := self._hosts.refusal(request.url)) is not None:
            self._count("deferred")
            raise DeferredError(rest)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Pause the site that wants a pause, or that fails."""
        url, status = request.url, response.status
        if status in _BLOCKS:
            if NO_STRIKES not in request.meta:
                self._hosts.strike(url, f"HTTP {status}")
        else:
            self._hosts.answered(url)
        if status in _ASK_TO_WAIT:
            fields = response.headers.getlist("Retry-After")
            asked = longest_retry_after(fields, datetime.now(UTC))
            if asked is None:
                self._back_off(request, f"HTTP {status}")
            else:
                self._pause(url, with_margin(asked), f"HTTP {status} with Retry-After")
        elif status in self._statuses:
            self._back_off(request, f"HTTP {status}")

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request again where that may help, and the response where not."""
        if response.status not in self._statuses:
            return response
        rest = self._hosts.rest_of(request.url)
        if rest is not None and response.status in _BLOCKS:
            request.meta["retry_at"] = _text(rest.until)
            await self._remember(request.url, rest)
        if rest is not None and self._hosts.limits.outlasts(rest, self._hosts.now):
            return response
        return self._retry(request, f"HTTP {response.status}") or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request again where that may help."""
        if isinstance(exception, RobotsUnreachableError) and exception.is_silent:
            # Its pages are not asked for, and so cannot fail by themselves.
            if (rest := self._hosts.strike(request.url, str(exception))) is not None:
                await self._remember(request.url, rest)
            return None
        if not isinstance(exception, self._failures) or NO_STRIKES in request.meta:
            return None
        if isinstance(exception, NoSuchHostError):
            return None  # its sources are lost, each of them, and no site has been asked
        reason = type(exception).__name__
        if (rest := self._hosts.strike(request.url, reason)) is not None:
            await self._remember(request.url, rest)
            return None
        if isinstance(exception, DownloadTimeoutError):
            timeout = float(request.meta.get("download_timeout") or self._timeout)
            self._pause(request.url, pause_after_timeout(timeout), "a time-out")
        else:
            self._back_off(request, reason)
        return self._retry(request, exception)

    def _back_off(self, request: Request, reason: str) -> None:
        tries = int(request.meta.get("retry_times", 0)) + 1
        seconds = self._hosts.limits.backoff_after(max(tries, self._hosts.strikes(request.url)))
        self._pause(request.url, seconds, reason)

    def _pause(self, url: str, seconds: float, reason: str) -> None:
        self._hosts.pause(url, seconds, reason)
        self._count("pauses")

    def _retry(self, request: Request, reason: str | Exception) -> Request | None:
        if not self._retries or request.meta.get("dont_retry"):
            return None
        assert self._crawler.spider is not None
        return get_retry_request(request, spider=self._crawler.spider, reason=reason)

    async def _recall(self) -> None:
        """Take over the rests of earlier runs, before the first request."""
        if self._recalled:
            return
        async with self._recalling:
            memory = self._memory()
            if not self._recalled and memory is not None:
                for name, (until, reason) in (await memory.pauses()).items():
                    self._hosts.recall(name, Rest(moment(until).timestamp(), reason))
            self._recalled = True

    async def _remember(self, url: str, rest: Rest) -> None:
        memory = self._memory()
        if memory is not None:
            name = host_of(url) if rest.is_cooldown else registered_domain(url)
            await memory.keep_pause(name, _text(rest.until), rest.reason)

    def _memory(self) -> WebMemory | None:
        memory: WebMemory | None = getattr(self._crawler.spider, "memory", None)
        return memory

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/hosts/{what}")


def _text(seconds: float) -> str:
    return utc_text(datetime.fromtimestamp(seconds + 1.0, UTC))  # whole seconds, never too early
