"""What is known of hosts: who is left alone how long, who has failed, how far apart to ask."""

from __future__ import annotations

import math
import random
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, Self
from urllib.parse import urlsplit

from crawler import config
from crawler.options import OptionError
from crawler.timestamps import utc_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Request

    from crawler.ledger.records import RobotsAnswer, Snapshot


VIA: Final = "crawler_via"
"""Meta key of requests that somebody else than an item's author led to: the site that did."""


def led_by(request: Request) -> str | None:
    """Return the site that redirected, or else led, to another one's URL; None: nobody did."""
    via: str | None = request.meta.get(VIA)
    if via is None and (earlier := request.meta.get("redirect_urls")):
        via = site_of(earlier[0])
    return None if via == site_of(request.url) else via


class WebMemory(Protocol):
    """Durable memory of the web's answers; a spider that has one offers it as `memory`.

    Times are ISO 8601 in UTC with seconds, such as "2026-11-24T01:14:32Z".
    """

    async def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for the robots.txt of "scheme://host:port" ended."""

    async def keep_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""

    async def pauses(self) -> Mapping[str, tuple[str, str]]:
        """Hosts that are to be left alone: until when, and why."""

    async def keep_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""

    async def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""

    async def snapshot(self, key: str) -> Snapshot | None:
        """What the archive said of the page with this `crawler.urls.canonical.url_key`."""

    async def keep_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""


def memory_of(crawler: Crawler) -> WebMemory | None:
    """Return the memory that a crawl's spider offers; None: it has none."""
    memory: WebMemory | None = getattr(crawler.spider, "memory", None)
    return memory


LONGEST_REST: Final = timedelta(days=3)
"""Who asks for more is asked once again after this, and may then say so again."""

_MOST_DOUBLINGS: Final = 10
# Our clock and the site's are read at different moments, and both round.
_MARGIN_FACTOR, _MARGIN_SECONDS = 1.02, 0.1
_JITTER: Final = (1.0, 1.5)
_TIMEOUT_JITTER: Final = (1.1, 1.5)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a host is left alone.

    Attributes:
        until: its end, by the run's own clock (`crawler.downloader.host_state.Hosts.now`).
        reason: why, in a few words.
        is_cooldown: it follows from failures in a row, so nobody waits for its end.
        is_earlier: an earlier run has begun it.
    """

    until: float
    reason: str
    is_cooldown: bool = False
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class HostLimits:
    """What the settings say about hosts.

    Attributes:
        longest_wait: seconds of a pause that a run waits for.
        strikes: failures in a row after which a host is left alone.
        cooldown: seconds that it is then left alone for, up to `LONGEST_REST`.
        backoff: seconds of the first pause after a failure; each further one is twice as long.
    """

    longest_wait: float = 120.0
    strikes: int = 5
    cooldown: float = 1800.0
    backoff: float = 2.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """Read the CRAWLER_HOST_* settings and CRAWLER_BACKOFF_SECONDS.

        Raises:
            OptionError: one of them is no number that makes sense.
        """
        return cls(
            longest_wait=config.HOST_WAIT_MAX.of(settings),
            strikes=math.ceil(config.HOST_STRIKES.of(settings)),
            cooldown=min(config.HOST_COOLDOWN.of(settings), LONGEST_REST.total_seconds()),
            backoff=config.BACKOFF_SECONDS.of(settings),
        )

    def outlasts(self, rest: Pause, now: float) -> bool:
        """Whether a rest is longer than this run waits."""
        return rest.is_cooldown or rest.until - now > self.longest_wait

    def backoff_after(self, failures: int) -> float:
        """Return the seconds to pause after so many failures in a row, with jitter."""
        doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
        seconds = self.backoff * 2.0**doublings * random.uniform(*_JITTER)  # noqa: S311 - no secret
        return min(seconds, self.longest_wait)


def with_margin(seconds: float) -> float:
    """Return a time that is surely over, by the site's clock too, when so many seconds are.

    It is no longer than `LONGEST_REST`.
    """
    return min(seconds * _MARGIN_FACTOR + _MARGIN_SECONDS, LONGEST_REST.total_seconds())


def pause_after_timeout(seconds: float) -> float:
    """Return the seconds to pause after a time-out of so many.

    The server may still be at work on the answer that was given up; as long again as it was
    waited for, it is not given a second one to work on.
    """
    return seconds * random.uniform(*_TIMEOUT_JITTER)  # noqa: S311 - no secret


def _number(settings: Mapping[str, object], name: str, lowest: float, default: float) -> float:
    value = settings.get(name)
    if value is None:
        return default
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not lowest <= number < math.inf:
        raise OptionError(f"{name}: {value!r} is not a number from {lowest} on")
    return number


_FORGET_ABOVE: Final = 20_000  # hosts; then those that have nothing to be remembered go
_USUAL_PORTS: Final = frozenset({None, 80, 443})


class Hosts:
    """The registry that gate, frontier, downloader and robots.txt share; a Scrapy extension.

    A pause that a site asked for is of the whole site (`crawler.urls.registered_domain.site_of`).
    Failures in a row, and the cool-down that follows from them, are of the host name, with the
    port where it is an unusual one; and those of URLs that somebody else led to (`via`: the site
    that redirected there) are told apart from the host's own.

    Attributes:
        aside: requests that wait for the robots.txt of their site, and those that ask for it: they
            take no place of CONCURRENT_REQUESTS.
        has_room: is called when one of them has stepped aside.
    """

    def __init__(
        self, limits: HostLimits | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or HostLimits()
        self.aside: set[Request] = set()
        self.has_room: Callable[[], object] = lambda: None
        self._clock = clock
        self._rests: dict[str, Pause] = {}
        self._strikes: dict[str, int] = {}
        self._apart: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension.

        Raises:
            OptionError: as `HostLimits.from_settings`.
        """
        return cls(HostLimits.from_settings(crawler.settings))

    @property
    def now(self) -> float:
        """The time that rests are told in: seconds of a clock that nobody can set."""
        return self._clock()

    @contextmanager
    def stepping_aside(self, request: Request) -> Iterator[None]:
        """Have a request take no place while a with block lasts."""
        self.aside.add(request)
        self.has_room()
        try:
            yield
        finally:
            self.aside.discard(request)

    def time_of(self, rest: Pause) -> str:
        """Return the end of a rest as ISO 8601 in UTC: whole seconds, never too early."""
        left = timedelta(seconds=rest.until - self.now + 1.0)
        return utc_text(datetime.now(UTC) + left)

    def pause(self, url: str, seconds: float, reason: str) -> Pause:
        """Leave the site of a URL alone for so long; the longest rest counts."""
        return self._set(site_of(url), Pause(self.now + seconds, reason))

    def recall(self, name: str, seconds: float, reason: str) -> None:
        """Take over a rest of a site or a host that an earlier run had begun."""
        self._set(name, Pause(self.now + seconds, reason, is_earlier=True))

    def lift(self, url: str) -> list[str]:
        """End the rests that earlier runs had begun for the host of a URL, and return whose."""
        names = [name for name in (host_of(url), site_of(url)) if self._is_earlier(name)]
        for name in names:
            self._rests.pop(name, None)
        return names

    def strike(self, url: str, reason: str, *, via: str | None = None) -> Pause | None:
        """Note a failure of the host of a URL; its cool-down, where that was one too many."""
        host = _blamed(url, via)
        self._strikes[host] = strikes = self._strikes.get(host, 0) + 1
        if strikes < self.limits.strikes:
            return None
        told = f"{strikes} failures in a row, the last one: {reason}"
        return self._set(host, Pause(self.now + self.limits.cooldown, told, is_cooldown=True))

    def answered(self, url: str, *, via: str | None = None) -> None:
        """Note that the host of a URL works."""
        for name in {host_of(url), _blamed(url, via)}:
            self._strikes.pop(name, None)

    def strikes(self, url: str) -> int:
        """Return how many times in a row the host of a URL has failed."""
        return self._strikes.get(host_of(url), 0)

    def rest_of(self, url: str, *, via: str | None = None) -> Pause | None:
        """Return the rest that the host of a URL is to have, or None."""
        names = {host_of(url), site_of(url), _blamed(url, via)}
        rests = [self._rest(name) for name in names]
        return max(filter(None, rests), key=lambda rest: rest.until, default=None)

    def refusal(self, url: str, *, via: str | None = None) -> Pause | None:
        """Return the rest for which a request is refused, since nobody waits for its end."""
        rest = self.rest_of(url, via=via)
        return rest if rest is not None and self.limits.outlasts(rest, self.now) else None

    def seconds_to_wait(self, site: str) -> float:
        """Return how long requests to a site are held back; 0.0: not at all."""
        rest = self._rest(site)
        if rest is None or self.limits.outlasts(rest, self.now):
            return 0.0
        return rest.until - self.now

    def seconds_of_pause(self, site: str) -> float:
        """Return the same for whoever only looks, from another thread."""
        rest = self._rests.get(site)
        if rest is None or self.limits.outlasts(rest, now := self.now):
            return 0.0
        return max(rest.until - now, 0.0)

    def keep_apart(self, url: str, seconds: float) -> None:
        """Have so many seconds between two requests to the site of a URL, at the least."""
        site = site_of(url)
        self._apart[site] = max(seconds, self._apart.get(site, 0.0))

    def seconds_apart(self, site: str) -> float:
        """Return what is asked for a site; 0.0 where nothing is."""
        return self._apart.get(site, 0.0)

    def _is_earlier(self, name: str) -> bool:
        rest = self._rest(name)
        return rest is not None and rest.is_earlier

    def _rest(self, name: str) -> Pause | None:
        rest = self._rests.get(name)
        if rest is not None and rest.until <= self.now:
            del self._rests[name]
            if rest.is_cooldown:  # it has a full set of strikes again
                self._strikes.pop(name, None)
            return None
        return rest

    def _set(self, name: str, rest: Pause) -> Pause:
        known = self._rest(name)
        if known is not None and known.until >= rest.until:
            return known
        if len(self._rests) >= _FORGET_ABOVE:
            self._rests = {n: r for n, r in self._rests.items() if r.until > self.now}
        self._rests[name] = rest
        return rest


def host_of(url: str) -> str:
    """Return the host name of a URL in lower case, with a port that is not usual; "" without."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port
    except ValueError:  # no such port can be
        return host
    return host if port in _USUAL_PORTS else f"{host}:{port}"


def _blamed(url: str, via: str | None) -> str:
    return host_of(url) if via is None else f"{via} > {host_of(url)}"
