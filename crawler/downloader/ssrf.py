"""The guard that keeps requests from addresses that are not of the public internet (SSRF)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self
from urllib.request import getproxies, proxy_bypass

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached

from crawler.downloader.addresses import (
    PUBLIC_ONLY,
    AddressPolicy,
    AllowedNetworks,
    Proxy,
    guarded_by,
    refusal,
)
from crawler.downloader.exceptions import BlockedAddressError, NoSuchHostError
from crawler.downloader.http11 import BoundedDownloadHandler
from crawler.downloader.own_trouble import OwnTroubleError
from crawler.downloader.resolver import GuardedResolver, Trouble, ascii_name

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response


AT_HOME: Final = "crawler_at_home"
"""Meta key of requests that an address which is not public has answered, or redirected here."""


class SsrfMiddleware:
    """A middleware in front of the `GuardedDownloadHandler`, which sees each connection."""

    def __init__(self, crawler: Crawler) -> None:
        allowed = AllowedNetworks.from_settings(crawler.settings)
        self._guard = AddressPolicy(allowed, None)
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


_PUBLIC = AddressPolicy()


class GuardedDownloadHandler(BoundedDownloadHandler):
    """The bounded HTTP/1.1 handler that connects to public and allowed addresses only.

    The `GuardedResolver` is what keeps connections from other addresses. The handler tells it
    which guard holds for a request, looks at the URL itself, which is all that can be looked at
    where a proxy resolves the host, and tells a refusal from a host that is not there.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._allowed = AllowedNetworks.from_settings(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        """Download, unless that would connect to an address that must not be asked.

        Raises:
            BlockedAddressError: it would.
            NoSuchHostError: the host does not exist.
            OwnTroubleError: no host can be looked up.
        """
        proxy = request.meta.get("proxy")
        allowed = AllowedNetworks() if request.meta.get(PUBLIC_ONLY) else self._allowed
        guard = AddressPolicy(allowed, Proxy.parse(proxy) if proxy else None)
        with guarded_by(guard) as guard:
            if reason := guard.url_refusal(request.url):
                raise BlockedAddressError(reason)
            try:
                return await super().download_request(request)
            except CannotResolveHostError as error:
                if guard.proxy is None:
                    _explain(request, guard, error)
                raise


def _explain(request: Request, guard: AddressPolicy, error: CannotResolveHostError) -> None:
    """Raise what a look-up without a usable address means, where it is known."""
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

    resolver: Any = reactor.nameResolver
    host = ascii_name(urlparse_cached(request).hostname or "")
    lookup = resolver.last(host) if isinstance(resolver, GuardedResolver) else None
    if lookup is None:
        return
    if lookup.trouble is Trouble.OURS:
        raise OwnTroubleError("no host name can be looked up") from error
    if lookup.trouble is Trouble.UNKNOWN_HOST:
        raise NoSuchHostError(host) from error
    for address in lookup.addresses:
        if reason := guard.address_refusal(address):
            raise BlockedAddressError(f"{host}: {reason}") from error
