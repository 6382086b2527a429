"""Politeness per site: `a.example.com` and `b.example.com` are one, `a.github.io` is one."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from scrapy.core.downloader import Downloader, Slot

from crawler.fetch.hosts.hosts import Hosts
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request

_SMALLEST_DELAY: Final = 0.005  # seconds


class SiteDownloader(Downloader):
    """Scrapy's downloader with one slot a site, which keeps to its pauses.

    The slot follows from the URL alone: Scrapy would let a redirected request keep the slot of
    the host that it came from.
    """

    _hurries = False

    def get_slot_key(self, request: Request) -> str:
        """Return the site of a request's URL."""
        return site_of(request.url)

    def needs_backout(self) -> bool:
        """Whether all places are taken; what is about robots.txt takes none."""
        hosts = self.crawler.get_extension(Hosts)
        aside = 0 if hosts is None else len(self.active & hosts.aside)
        return 0 < self.total_concurrency <= len(self.active) - aside

    def hurry(self) -> None:
        """Let all requests that wait for their turn go at once, to be refused by the handler."""
        self._hurries = True
        for slot in self.slots.values():
            slot.delay = 0.0
            if slot.latercall:
                slot.latercall.cancel()
                slot.latercall = None
            self._process_queue(slot)

    def _get_slot(
        self,
        request: Request,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if not self._hurries:
            self._keep_manners(key, slot)
        return key, slot

    def _process_queue(self, slot: Slot) -> None:
        # Every way to the next request leads here, also that of one that waited before a pause.
        if slot.queue and not self._hurries:
            self._keep_manners(site_of(slot.queue[0][0].url), slot)
        super()._process_queue(slot)

    def _keep_manners(self, site: str, slot: Slot) -> None:
        # Without any delay, Scrapy 2.19 starts all requests that are queued in one turn of the
        # event loop, since it counts a transfer only once its task runs.
        slot.delay = max(slot.delay, _SMALLEST_DELAY)
        hosts = self.crawler.get_extension(Hosts)
        if hosts is None:
            return
        if seconds := hosts.seconds_apart(site):
            slot.delay, slot.jitter = max(slot.delay, seconds), 0.0
        if seconds := hosts.seconds_to_wait(site):
            # Scrapy waits for the delay from `lastseen` on.
            slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)
