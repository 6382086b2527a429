"""Refuses what a URL itself gives away, before anything else, robots.txt too, is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self
from urllib.request import getproxies, proxy_bypass

from scrapy import signals
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetch.addresses.errors import BlockedAddressError
from crawler.fetch.addresses.guard import Guard
from crawler.fetch.addresses.networks import (
    ALLOWED_NETWORKS,
    PUBLIC_ONLY,
    AllowedNetworks,
    refusal,
)
from crawler.fetch.addresses.resolver import GuardedResolver, ascii_name

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
        uses_proxies = crawler.settings.getbool("HTTPPROXY_ENABLED")
        self._proxies = getproxies() if uses_proxies else {}
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

    async def process_request(self, request: Request) -> None:
        """Let a URL pass that names no address which must not be asked.

        Of a request that is to reach public addresses only, the name is looked up as well: not even
        a robots.txt is asked for elsewhere.

        Raises:
            BlockedAddressError: it names one, or a user.
        """
        if request.meta.get(PUBLIC_ONLY):
            reason = _PUBLIC.url_refusal(request.url) or await self._name_refusal(request)
        else:
            reason = self._guard.url_refusal(request.url)
        if reason:
            assert self._stats is not None
            self._stats.inc_value("crawler/blocked_urls")
            raise BlockedAddressError(reason)

    async def _name_refusal(self, request: Request) -> str | None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        url = urlparse_cached(request)
        host = url.hostname or ""
        resolver: Any = reactor.nameResolver
        is_proxied = url.scheme in self._proxies and not proxy_bypass(host)
        if is_proxied or not isinstance(resolver, GuardedResolver):
            return None
        reasons = [
            _PUBLIC.address_refusal(address)
            for address in (await resolver.lookup(ascii_name(host))).addresses
        ]
        return reasons[0] if reasons and all(reasons) else None


_PUBLIC = Guard()
