"""The download handler that puts each request under its guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetch.addresses.errors import BlockedAddressError, NoSuchHostError
from crawler.fetch.addresses.guard import Guard, Proxy, guarded_by
from crawler.fetch.addresses.lookup import Trouble
from crawler.fetch.addresses.networks import ALLOWED_NETWORKS, PUBLIC_ONLY, AllowedNetworks
from crawler.fetch.addresses.resolver import GuardedResolver, ascii_name
from crawler.fetch.answers.handler import BoundedDownloadHandler
from crawler.fetch.own_trouble import OwnTroubleError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response


class GuardedDownloadHandler(BoundedDownloadHandler):
    """The bounded HTTP/1.1 handler that connects to public and allowed addresses only.

    The `GuardedResolver` is what keeps connections from other addresses. The handler tells it
    which guard holds for a request, looks at the URL itself, which is all that can be looked at
    where a proxy resolves the host, and tells a refusal from a host that is not there.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._allowed = AllowedNetworks.parse(crawler.settings.get(ALLOWED_NETWORKS))

    async def download_request(self, request: Request) -> Response:
        """Download, unless that would connect to an address that must not be asked.

        Raises:
            BlockedAddressError: it would.
            NoSuchHostError: the host does not exist.
            OwnTroubleError: no host can be looked up.
        """
        proxy = request.meta.get("proxy")
        allowed = AllowedNetworks() if request.meta.get(PUBLIC_ONLY) else self._allowed
        guard = Guard(allowed, Proxy.parse(proxy) if proxy else None)
        with guarded_by(guard) as guard:
            if reason := guard.url_refusal(request.url):
                raise BlockedAddressError(reason)
            try:
                return await super().download_request(request)
            except CannotResolveHostError as error:
                if guard.proxy is None:
                    _explain(request, guard, error)
                raise


def _explain(request: Request, guard: Guard, error: CannotResolveHostError) -> None:
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
