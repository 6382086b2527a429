"""Whether a request is made now, later or not in this run, and what an answer means for that."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadTimeoutError, NotConfigured
from scrapy.utils.misc import load_object

from crawler.downloader.exceptions import (
    DeferredError,
    NoSuchHostError,
    OwnFailureError,
    RetryLaterError,
    RobotsUnreachableError,
)
from crawler.downloader.host_state import (
    LONGEST_REST,
    Hosts,
    host_of,
    led_by,
    memory_of,
    pause_after_timeout,
    with_margin,
)
from crawler.downloader.own_trouble import OWN_TRIES, OwnTroubleError, Pulse
from crawler.downloader.stop import BoundedStop, StoppedError
from crawler.timestamps import moment
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

    from crawler.downloader.host_state import Pause


_A_NUMBER: Final = re.compile(
    r"(?P<number>[0-9]+(?:[.][0-9]*)?)\s*(?P<unit>[a-z]*)", re.ASCII | re.IGNORECASE
)
_DIGITS: Final = 24  # of a number that are read; more are too many for anything
_UNITS: Final = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
}
# Numbers from here on are Unix times in seconds, milliseconds, micro- and nanoseconds: as a span, a
# thousand million seconds are 31 years.
_UNIX_TIMES: Final = ((10**18, 10**9), (10**15, 10**6), (10**12, 10**3), (10**9, 1))


def longest_retry_after(fields: Iterable[bytes], now: datetime) -> float | None:
    """Return the longest wait that the Retry-After fields of an answer ask for, as `retry_after`.

    There should be one; a proxy and the server behind it may both have added theirs.

    Args:
        now: the time by the clock of who answered.
    """
    asked = (retry_after(field.decode("latin-1"), now) for field in fields)
    return max((seconds for seconds in asked if seconds is not None), default=None)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks to wait; None where there is none to understand.

    Besides seconds and HTTP dates that is what servers write in their place: fractions and units,
    Unix times, ISO 8601, and several of one form in one field. A time that is over asks for
    nothing, as does a span below zero. No wait is longer than `LONGEST_REST`.
    """
    if value is None:
        return None
    text = value.strip().strip("\"'").strip()
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(_A_NUMBER.fullmatch(part) for part in parts):
        spans = [span for part in parts if (span := _span(part, now)) is not None]
        seconds = max(spans, default=None)
    else:
        seconds = _span(text, now)
    return None if seconds is None else min(seconds, LONGEST_REST.total_seconds())


def time_at(date: bytes | None) -> datetime | None:
    """Return the time of a Date field: what a server says of times is by its own clock."""
    return None if date is None else _http_date(date.decode("latin-1").strip())


def _span(text: str, now: datetime) -> float | None:
    found = _A_NUMBER.fullmatch(text)
    if found is None:
        at = _iso_date(text) or _http_date(text)
        return None if at is None else _until(at.timestamp(), now)
    unit = _UNITS.get(found["unit"].lower())
    whole = found["number"].partition(".")[0]
    number = float(found["number"]) if len(whole) <= _DIGITS else 10.0**_DIGITS
    if not found["unit"]:
        for least, per_second in _UNIX_TIMES:
            if number >= least:
                return _until(number / per_second, now)
    return None if unit is None else number * unit


def _until(timestamp: float, now: datetime) -> float | None:
    """Return the seconds to a time, and one more to be surely behind it; None: it is over."""
    seconds = timestamp - now.timestamp()
    return seconds + 1.0 if seconds > 0 else None


def _iso_date(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


logger = logging.getLogger("crawler.run")

_MOST_OWN_TRIES: Final = 5  # with pauses of 1, 2, 4, … seconds
_ASK_TO_WAIT: Final = frozenset({429, 503})
_BLOCKS: Final = frozenset({403, 429, 503, 999})
NO_STRIKES: Final = "no_strikes"
"""Meta key of requests for what is not a page: their failures do not have the host left alone."""
RETRY_LATER: Final = "crawler_retry_later"
"""Meta key of requests whose retries are the caller's: it is told by a `RetryLaterError`."""
IN_SPITE_OF_PAUSES: Final = "crawler_in_spite_of_pauses"
"""Meta key of requests that the user asks for: what earlier runs met is no reason not to."""


class SiteRetryMiddleware:
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
        if request.meta.get(IN_SPITE_OF_PAUSES):
            await self._lift(request.url)
        if (rest := self._hosts.refusal(request.url, via=led_by(request))) is not None:
            self._count("deferred")
            raise DeferredError(rest, self._hosts.time_of(rest))

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Pause the site that wants a pause, or that fails."""
        url, status, via = request.url, response.status, led_by(request)
        if status in _BLOCKS:
            if NO_STRIKES not in request.meta:
                self._hosts.strike(url, f"HTTP {status}", via=via)
        else:
            self._hosts.answered(url, via=via)
        if status in _ASK_TO_WAIT:
            fields = response.headers.getlist("Retry-After")
            now = time_at(response.headers.get("Date")) or datetime.now(UTC)
            asked = longest_retry_after(fields, now)
            if asked is None:
                self._back_off(request, f"HTTP {status}")
            else:
                # Who leads us to such a page does not have the site left to a later run.
                most = self._hosts.limits.longest_wait if via is not None else asked
                seconds = min(with_margin(asked), with_margin(most))
                self._pause(url, seconds, f"HTTP {status} with Retry-After")
        elif status in self._statuses and via is None:
            self._back_off(request, f"HTTP {status}")

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request again where that may help, and the response where not."""
        if response.status not in self._statuses:
            return response
        via = led_by(request)
        rest = self._hosts.rest_of(request.url, via=via)
        if rest is not None and response.status in _BLOCKS:
            request.meta["retry_at"] = self._hosts.time_of(rest)
            await self._remember(request.url, rest, via)
        if rest is not None and self._hosts.limits.outlasts(rest, self._hosts.now):
            return response
        return self._retry(request, f"HTTP {response.status}") or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request again where that may help."""
        if isinstance(exception, OwnTroubleError):
            return await self._after_own_trouble(request, exception)
        if isinstance(exception, RobotsUnreachableError) and exception.is_silent:
            # Its pages are not asked for, and so cannot fail by themselves.
            if NO_STRIKES not in request.meta:
                await self._strike(request, str(exception))
            return None
        if not isinstance(exception, self._failures) or NO_STRIKES in request.meta:
            return None
        if isinstance(exception, NoSuchHostError):
            return None  # its sources are lost, each of them, and no site has been asked
        reason = type(exception).__name__
        if await self._strike(request, reason):
            return None
        if led_by(request) is not None:
            # The site that was pointed at is not held up for it, nor asked to hang once more.
            is_silence = isinstance(exception, DownloadTimeoutError)
            return None if is_silence else self._retry(request, exception)
        if isinstance(exception, DownloadTimeoutError):
            timeout = float(request.meta.get("download_timeout") or self._timeout)
            self._pause(request.url, pause_after_timeout(timeout), "a time-out")
        else:
            self._back_off(request, reason)
        return self._retry(request, exception)

    async def _after_own_trouble(
        self, request: Request, trouble: OwnTroubleError
    ) -> Request | None:
        """Return a request again after a while, which is no site's fault and no site's pause.

        Raises:
            OwnFailureError: nothing at all can be asked for, for a while by now.
            StoppedError: the crawl is being stopped.
        """
        if trouble.is_final:
            return None
        began, tries = request.meta.setdefault(OWN_TRIES, (time.monotonic(), 0))
        if tries >= _MOST_OWN_TRIES:
            trouble.is_final = True
            pulse = self._crawler.get_extension(Pulse)
            if pulse is not None and pulse.last_answer < began:
                raise OwnFailureError(f"nothing can be asked for: {trouble}") from trouble
            return None
        self._count("own_trouble")
        logger.warning("%s: %s is tried again", trouble, request.url)
        stop = self._crawler.get_extension(BoundedStop)
        if stop is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.stopping.wait(), 2.0**tries)
                raise StoppedError(request.url)
        # The same object: what waits for a robots.txt, or asks for one, is known by it.
        request.meta[OWN_TRIES] = (began, tries + 1)
        request.dont_filter = True
        return request

    async def _strike(self, request: Request, reason: str) -> bool:
        """Note a failure; whether that was one too many."""
        via = led_by(request)
        rest = self._hosts.strike(request.url, reason, via=via)
        if rest is not None:
            await self._remember(request.url, rest, via)
        return rest is not None

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
        again = get_retry_request(request, spider=self._crawler.spider, reason=reason)
        if again is not None and request.meta.get(RETRY_LATER):
            raise RetryLaterError(again.meta["retry_times"], str(reason))
        return again

    async def _recall(self) -> None:
        """Take over the rests of earlier runs, before the first request."""
        if self._recalled:
            return
        async with self._recalling:
            memory = memory_of(self._crawler)
            if not self._recalled and memory is not None:
                now = datetime.now(UTC)
                for name, (until, reason) in (await memory.pauses()).items():
                    self._hosts.recall(name, (moment(until) - now).total_seconds(), reason)
            self._recalled = True

    async def _lift(self, url: str) -> None:
        """Have an earlier run's rests of a host forgotten: whether they are over is tried out."""
        for name in self._hosts.lift(url):
            if (memory := memory_of(self._crawler)) is not None:
                await memory.forget_pause(name)

    async def _remember(self, url: str, rest: Pause, via: str | None) -> None:
        """Keep a rest for later runs, save one that is only of URLs that somebody led to."""
        memory = memory_of(self._crawler)
        if memory is not None and not (via is not None and rest.is_cooldown):
            name = host_of(url) if rest.is_cooldown else site_of(url)
            await memory.keep_pause(name, self._hosts.time_of(rest), rest.reason)

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/hosts/{what}")
