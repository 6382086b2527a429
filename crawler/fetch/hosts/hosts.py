"""How far apart a site wants requests to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Hosts:
    """What the downloader has to keep to, by registered domain."""

    def __init__(self) -> None:
        self._apart: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003 - Scrapy's signature
        """Make the extension."""
        return cls()

    def keep_apart(self, url: str, seconds: float) -> None:
        """Have so many seconds between two requests to the site of a URL, at the least."""
        domain = registered_domain(url)
        self._apart[domain] = max(seconds, self._apart.get(domain, 0.0))

    def seconds_apart(self, domain: str) -> float:
        """Return what is asked for a registered domain; 0.0 where nothing is."""
        return self._apart.get(domain, 0.0)
