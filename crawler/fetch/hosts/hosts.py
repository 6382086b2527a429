"""What is known of hosts in this run: who is left alone, who has failed, how far apart to ask."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from crawler.fetch.hosts.rest import HostLimits, Rest
from crawler.timestamps import utc_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Request

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
        self._rests: dict[str, Rest] = {}
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

    def time_of(self, rest: Rest) -> str:
        """Return the end of a rest as ISO 8601 in UTC: whole seconds, never too early."""
        left = timedelta(seconds=rest.until - self.now + 1.0)
        return utc_text(datetime.now(UTC) + left)

    def pause(self, url: str, seconds: float, reason: str) -> Rest:
        """Leave the site of a URL alone for so long; the longest rest counts."""
        return self._set(site_of(url), Rest(self.now + seconds, reason))

    def recall(self, name: str, seconds: float, reason: str) -> None:
        """Take over a rest of a site or a host that an earlier run had begun."""
        self._set(name, Rest(self.now + seconds, reason, is_earlier=True))

    def lift(self, url: str) -> list[str]:
        """End the rests that earlier runs had begun for the host of a URL, and return whose."""
        names = [name for name in (host_of(url), site_of(url)) if self._is_earlier(name)]
        for name in names:
            self._rests.pop(name, None)
        return names

    def strike(self, url: str, reason: str, *, via: str | None = None) -> Rest | None:
        """Note a failure of the host of a URL; its cool-down, where that was one too many."""
        host = _blamed(url, via)
        self._strikes[host] = strikes = self._strikes.get(host, 0) + 1
        if strikes < self.limits.strikes:
            return None
        told = f"{strikes} failures in a row, the last one: {reason}"
        return self._set(host, Rest(self.now + self.limits.cooldown, told, is_cooldown=True))

    def answered(self, url: str, *, via: str | None = None) -> None:
        """Note that the host of a URL works."""
        for name in {host_of(url), _blamed(url, via)}:
            self._strikes.pop(name, None)

    def strikes(self, url: str) -> int:
        """Return how many times in a row the host of a URL has failed."""
        return self._strikes.get(host_of(url), 0)

    def rest_of(self, url: str, *, via: str | None = None) -> Rest | None:
        """Return the rest that the host of a URL is to have, or None."""
        names = {host_of(url), site_of(url), _blamed(url, via)}
        rests = [self._rest(name) for name in names]
        return max(filter(None, rests), key=lambda rest: rest.until, default=None)

    def refusal(self, url: str, *, via: str | None = None) -> Rest | None:
        """Return the rest for which a request is refused, since nobody waits for its end."""
        rest = self.rest_of(url, via=via)
        return rest if rest is not None and self.limits.outlasts(rest, self.now) else None

    def seconds_to_wait(self, site: str) -> float:
        """Return how long requests to a site are held back; 0.0: not at all."""
        rest = self._rest(site)
        if rest is None or self.limits.outlasts(rest, self.now):
            return 0.0
        return rest.until - self.now

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

    def _rest(self, name: str) -> Rest | None:
        rest = self._rests.get(name)
        if rest is not None and rest.until <= self.now:
            del self._rests[name]
            if rest.is_cooldown:  # it has a full set of strikes again
                self._strikes.pop(name, None)
            return None
        return rest

    def _set(self, name: str, rest: Rest) -> Rest:
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
