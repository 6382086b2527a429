"""What is known of hosts in this run: who is left alone, who has failed, how far apart to ask."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from crawler.fetch.hosts.rest import HostLimits, Rest
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler

_FORGET_ABOVE: Final = 20_000  # hosts; then those that have nothing to be remembered go


class Hosts:
    """The registry that gate, frontier, downloader and robots.txt share; a Scrapy extension.

    A pause that a site asked for is of its registered domain; failures in a row, and the cool-down
    that follows from them, are of the host name.
    """

    def __init__(
        self, limits: HostLimits | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.limits = limits or HostLimits()
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
        """The time that rests are told in: seconds since 1970."""
        return self._clock()

    def pause(self, url: str, seconds: float, reason: str) -> Rest:
        """Leave the registered domain of a URL alone for so long; the longest rest counts."""
        return self._set(registered_domain(url), Rest(self.now + seconds, reason))

    def recall(self, name: str, rest: Rest) -> None:
        """Take over a rest of a domain or a host that an earlier run had begun."""
        self._set(name, rest)

    def strike(self, url: str, reason: str) -> Rest | None:
        """Note a failure of the host of a URL; its cool-down, where that was one too many."""
        host = host_of(url)
        self._strikes[host] = strikes = self._strikes.get(host, 0) + 1
        if strikes < self.limits.strikes:
            return None
        told = f"{strikes} failures in a row, the last one: {reason}"
        return self._set(host, Rest(self.now + self.limits.cooldown, told, is_cooldown=True))

    def answered(self, url: str) -> None:
        """Note that the host of a URL works."""
        self._strikes.pop(host_of(url), None)

    def strikes(self, url: str) -> int:
        """Return how many times in a row the host of a URL has failed."""
        return self._strikes.get(host_of(url), 0)

    def rest_of(self, url: str) -> Rest | None:
        """Return the rest that the host of a URL is to have, or None."""
        rests = [self._rest(name) for name in {host_of(url), registered_domain(url)}]
        return max(filter(None, rests), key=lambda rest: rest.until, default=None)

    def refusal(self, url: str) -> Rest | None:
        """Return the rest for which a request is refused, since nobody waits for its end."""
        rest = self.rest_of(url)
        return rest if rest is not None and self.limits.outlasts(rest, self.now) else None

    def seconds_to_wait(self, domain: str) -> float:
        """Return how long requests to a registered domain are held back; 0.0: not at all."""
        rest = self._rest(domain)
        if rest is None or self.limits.outlasts(rest, self.now):
            return 0.0
        return rest.until - self.now

    def keep_apart(self, url: str, seconds: float) -> None:
        """Have so many seconds between two requests to the site of a URL, at the least."""
        domain = registered_domain(url)
        self._apart[domain] = max(seconds, self._apart.get(domain, 0.0))

    def seconds_apart(self, domain: str) -> float:
        """Return what is asked for a registered domain; 0.0 where nothing is."""
        return self._apart.get(domain, 0.0)

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
    """Return the host name of a URL in lower case; "" without one."""
    return urlsplit(url).hostname or ""
