"""Proxies that fail: what they answer in a site's place says nothing of the site."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self
from urllib.request import getproxies

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import ConnectError

from crawler.downloader.addresses import Proxy
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.ssrf import GuardedDownloadHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

_AUTHENTICATION: Final = 407
_SERVER_ERROR: Final = 500
# Fields that only the proxy itself adds to an answer of its own, and those that caches and servers
# in front of a site send, too.
_ITS_OWN: Final = ("Proxy-Authenticate", "Proxy-Agent", "Proxy-Connection", "X-Squid-Error")
_PERHAPS_ITS_OWN: Final = ("Via", "Proxy-Status")
# Hosts in a row. Many that a proxy cannot reach may be due at once, as they are asked for more
# often than those that are well; to want a password is no site's business.
_MOST_DOUBTS: Final = 50
_MOST_REFUSALS: Final = 3
_TUNNEL_STATUS: Final = re.compile(r"'status': (\d+)")
_LOOK: Final = 5.0  # seconds
_SCHEMES: Final = frozenset({"http", "https"})
_SOCKS: Final = (
    "SOCKS proxies are not supported; let an HTTP proxy (such as Privoxy) stand in front of it"
)


class ProxyFailedError(OwnFailureError):
    """The proxy cannot be used, which the message tells; no site has failed."""


class ProxyDoubtError(IgnoreRequest):
    """The proxy has answered in the place of a site; only other sites will tell whose fault it is.

    Nothing may be remembered of the site.
    """


class Proxies:
    """What has been seen of the proxy in this run; a Scrapy extension.

    A proxy that fails answers for all sites, and one that works answers so for those that it
    cannot reach. So it has failed when it never worked, or has answered for many sites in a row.
    """

    def __init__(self) -> None:
        self.has_worked = False
        self._doubts: dict[str, str] = {}  # by host, since it worked last

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003 - Scrapy's signature
        """Make the extension."""
        return cls()

    def worked(self) -> None:
        """Note that a site has answered through the proxy."""
        self.has_worked = True
        self._doubts.clear()

    def doubt(self, host: str, told: str, *, most: int = _MOST_DOUBTS) -> IgnoreRequest:
        """Note that the proxy answered for a site; return what ends the request."""
        self._doubts[host] = told
        if len(self._doubts) >= most:
            return ProxyFailedError(f"{told}, and so for {len(self._doubts)} sites in a row")
        return ProxyDoubtError(told)

    @property
    def failure(self) -> str | None:
        """Why the run could not be done, now that it is over; None: the proxy was no obstacle."""
        return None if self.has_worked else next(iter(self._doubts.values()), None)


def unusable_proxy() -> str | None:
    """Say why the proxies of the environment cannot be used; None: they may be."""
    for scheme, proxy in getproxies().items():
        if scheme in {*_SCHEMES, "all"} and proxy.lower().startswith("socks"):
            return f"{scheme}_proxy: {_SOCKS}"
    return None


class ProxiedDownloadHandler(GuardedDownloadHandler):
    """The guarded handler, which knows the faults of a proxy from those of sites."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._proxies = crawler.get_extension(Proxies) or Proxies()

    async def download_request(self, request: Request) -> Response:
        """Download an answer of the site.

        Raises:
            ProxyFailedError: the proxy cannot be used.
            ProxyDoubtError: it may be that it cannot, or that it cannot reach this site.
        """
        url = request.meta.get("proxy")
        if not url:
            return await super().download_request(request)
        parts, scheme = urlparse_cached(request), url.partition("://")[0].lower()
        if "://" in url and scheme not in _SCHEMES:
            told = _SOCKS if scheme.startswith("socks") else "it is no HTTP proxy"
            raise ProxyFailedError(f"the {scheme} proxy: {told}")
        if scheme == parts.scheme == "https":
            raise ProxyFailedError("https_proxy: a proxy for https has to be asked by http itself")
        proxy, host = Proxy.parse(url), parts.netloc
        place = f"the proxy {proxy.host}:{proxy.port}"
        try:
            response = await super().download_request(request)
        except TunnelError as error:
            found = _TUNNEL_STATUS.search(str(error))
            status = int(found[1]) if found else None
            told = f"{place} answers HTTP {status}" if status else f"{place} is none"
            if status == _AUTHENTICATION:
                raise ProxyFailedError(f"{told}: it wants a password") from error
            raise self._proxies.doubt(host, told) from error
        except CannotResolveHostError as error:
            raise ProxyFailedError(f"{place} cannot be looked up") from error
        except DownloadConnectionRefusedError as error:
            raise ProxyFailedError(f"{place} refuses connections") from error
        except (DownloadTimeoutError, DownloadFailedError, ConnectError) as error:
            if not await _can_be_reached(proxy):
                raise ProxyFailedError(f"{place} cannot be reached") from error
            raise
        self._look_at(response, host, place, is_tunnelled=parts.scheme == "https")
        return response

    def _look_at(self, response: Response, host: str, place: str, *, is_tunnelled: bool) -> None:
        status = response.status
        if is_tunnelled or (status < _SERVER_ERROR and status != _AUTHENTICATION):
            self._proxies.worked()
            return
        marks = _ITS_OWN if self._proxies.has_worked else (*_ITS_OWN, *_PERHAPS_ITS_OWN)
        if status == _AUTHENTICATION or any(name in response.headers for name in marks):
            told = f"{place} answers HTTP {status}"
            if status == _AUTHENTICATION:
                told = f"{told}: it wants a password"
                raise self._proxies.doubt(host, told, most=_MOST_REFUSALS)
            raise self._proxies.doubt(host, told)


def is_perhaps_of_a_proxy(response: Response) -> bool:
    """Whether an answer may be a proxy's own, so that it should not be remembered as the site's."""
    request = response.request
    return (
        request is not None
        and bool(request.meta.get("proxy"))
        and urlparse_cached(request).scheme == "http"
        and response.status >= _SERVER_ERROR
    )


async def _can_be_reached(proxy: Proxy) -> bool:
    """Whether a proxy takes connections, when it is asked for nothing."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LOOK):
            _, writer = await asyncio.open_connection(proxy.host, proxy.port)
        writer.close()
        return True
    return False
