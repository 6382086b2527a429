"""Refuses what a URL itself gives away, before anything else, robots.txt too, is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from scrapy import signals

from crawler.fetch.addresses.errors import BlockedAddressError
from crawler.fetch.addresses.guard import Guard
from crawler.fetch.addresses.networks import ALLOWED_NETWORKS, AllowedNetworks, refusal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response


AT_HOME: Final = "crawler_at_home"
"""Meta key of requests that an address which is not public has answered, or redirected here."""


class AddressGate:
    """A middleware in front of the `GuardedDownloadHandler`, which sees each connection."""

    def __init__(self, crawler: Crawler) -> None:
        allowed = AllowedNetworks.parse(crawler.settings.get(ALLOWED_NETWORKS))
        self._guard = Guard(allowed, None)
        self._stats = crawler.stats
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware."""
        return cls(crawler)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Mark what came from an allowed network; of what a proxy answers, that is not known."""
        address = response.ip_address
        if address is None or request.meta.get("proxy"):
            return
        if refusal(address) is not None:
            request.meta[AT_HOME] = True

    def process_request(self, request: Request) -> None:
        """Let a URL pass that names no address which must not be asked.

        Raises:
            BlockedAddressError: it names one, or a user.
        """
        if reason := self._guard.url_refusal(request.url):
            assert self._stats is not None
            self._stats.inc_value("crawler/blocked_urls")
            raise BlockedAddressError(reason)
