"""Keeps a crawl that names no contact at home, wherever a link or a redirect leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest, NotConfigured

from crawler.fetch.contact import Surroundings, names_a_contact

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request


class NoContactError(IgnoreRequest):
    """A public site was to be asked by nobody in particular."""


class ContactGuardMiddleware:
    """Refuses requests for public sites while no contact is configured."""

    def __init__(self, crawler: Crawler) -> None:
        if names_a_contact(crawler.settings["USER_AGENT"]):
            raise NotConfigured
        self._surroundings = Surroundings(use_proxies=crawler.settings.getbool("HTTPPROXY_ENABLED"))
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: there is a contact, so nothing is to be guarded.
        """
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request at home pass.

        Raises:
            NoContactError: it leads elsewhere.
        """
        if self._surroundings.is_public(request.url):
            self._stats.inc_value("crawler/no_contact_refused")
            raise NoContactError(request.url)
