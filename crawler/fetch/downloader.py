"""Politeness per registered domain: `a.example.com` and `b.example.com` are one site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.core.downloader import Downloader, Slot

from crawler.fetch.hosts.hosts import Hosts
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request

_SMALLEST_DELAY: Final = 0.005  # seconds


class RegisteredDomainDownloader(Downloader):
    """Scrapy's downloader with one slot a registered domain.

    The slot follows from the URL alone: Scrapy would let a redirected request keep the slot of
    the host that it came from.
    """

    def get_slot_key(self, request: Request) -> str:
        """Return the registered domain of a request's URL."""
        return registered_domain(request.url)

    def _get_slot(
        self,
        request: Request,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> tuple[str, Slot]:
        # Without any delay, Scrapy 2.19 starts all requests that are queued in one turn of the
        # event loop, since it counts a transfer only once its task runs.
        key, slot = super()._get_slot(request)
        slot.delay = max(slot.delay, _SMALLEST_DELAY)
        hosts = self.crawler.get_extension(Hosts)
        if hosts is not None and (seconds := hosts.seconds_apart(key)):
            slot.delay, slot.jitter = max(slot.delay, seconds), 0.0
        return key, slot
