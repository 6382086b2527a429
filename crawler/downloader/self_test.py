"""Before the first request: a proof that no download handler goes past the guard."""

from __future__ import annotations

import asyncio
import logging
import socket
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.utils.misc import load_object
from scrapy.utils.python import without_none_values

from crawler.downloader.addresses import AllowedNetworks, nothing_allowed
from crawler.downloader.exceptions import BlockedAddressError
from crawler.downloader.resolver import GuardedResolver, Lookup

if TYPE_CHECKING:
    from types import TracebackType

    from scrapy.crawler import Crawler

    from crawler.downloader.resolver import LookupCache


class Bait:
    """Listens on a port of loopback; the system completes connections without any help."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def was_taken(self) -> bool:
        """Whether there was a connection since this was last asked."""
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()


logger = logging.getLogger("crawler.failure")

_SCHEMES: Final = frozenset({"http", "https"})
_SECONDS: Final = 2.0  # a handler that obeys answers at once


class GuardSelfTest:
    """Has each http and https handler asked for a bait on loopback, by address and by name.

    The run ends before it begins unless every handler refuses and nothing connects to the bait. A
    spider that has an attribute `failure` finds the reason there. Allowed networks count for
    nothing in these requests, and only in these.
    """

    def __init__(self, crawler: Crawler) -> None:
        if AllowedNetworks.from_settings(crawler.settings).has_everything:
            raise NotConfigured
        self._crawler = crawler
        crawler.signals.connect(self.spider_opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension.

        Raises:
            NotConfigured: every network is allowed, so that there is no guard to be tested.
            OptionError: CRAWLER_ALLOWED_NETWORKS makes no sense.
        """
        return cls(crawler)

    async def spider_opened(self) -> None:
        """Test, before Scrapy asks the spider for its first request.

        Raises:
            CloseSpider: a handler goes past the guard.
        """
        if (failure := await self._find_bypass()) is None:
            return
        logger.error(failure)
        spider: Any = self._crawler.spider
        if hasattr(spider, "failure"):
            spider.failure = failure
        raise CloseSpider(failure)

    async def _find_bypass(self) -> str | None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        wanted = load_object(self._crawler.settings["TWISTED_DNS_RESOLVER"])
        if wanted is GuardedResolver and not isinstance(reactor.nameResolver, wanted):
            # The process is that of another project, whose settings do not know of our spider's.
            GuardedResolver.from_crawler(self._crawler, reactor).install_on_reactor()
        resolver: Any = reactor.nameResolver
        if not isinstance(resolver, GuardedResolver):
            return (
                f"{type(resolver).__name__} looks host names up, and not GuardedResolver, which "
                "the setting TWISTED_DNS_RESOLVER names; so addresses are not guarded"
            )
        try:
            with Bait() as bait:
                return await self._offer(bait, resolver.cache)
        except OSError as error:
            return f"the guard of addresses could not be tested: {error}"

    async def _offer(self, bait: Bait, cache: LookupCache) -> str | None:
        handlers = without_none_values(self._crawler.settings.getwithbase("DOWNLOAD_HANDLERS"))
        name = f"self-test-{bait.port}.invalid"  # RFC 6761: no resolver knows it; ours is told
        cache.put(name, Lookup((IPv4Address("127.0.0.1"),)), seconds=2 * _SECONDS)
        try:
            for scheme in sorted(_SCHEMES & handlers.keys()):
                for host in (name, "127.0.0.1"):
                    url = f"{scheme}://{host}:{bait.port}/"
                    answer = await self._answer(Request(url))
                    if bait.was_taken() or not isinstance(answer, BlockedAddressError):
                        return _told(scheme, handlers[scheme], url, answer)
        finally:
            cache.forget(name)
        return None

    async def _answer(self, request: Request) -> object:
        """Return what a handler answers, or raises."""
        handlers = self._crawler.engine.downloader.handlers
        request.meta["download_timeout"] = _SECONDS
        try:
            with nothing_allowed():
                return await asyncio.wait_for(handlers.download_request_async(request), _SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its answer
            return error


def _told(scheme: str, handler: Any, url: str, answer: object) -> str:
    name = handler if isinstance(handler, str) else getattr(handler, "__qualname__", handler)
    return (
        f"the {scheme} download handler {name} goes past the guard of addresses: {url} gave "
        f"{answer!r} in place of BlockedAddressError"
    )
