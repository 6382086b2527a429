"""Leaves the body of an answer that is no page where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from crawler.fetch.media_type import content_type_of, may_be_html

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Request


class HtmlOnly:
    """Stops the download of a source's answer when its headers say that it is no HTML.

    Requests that carry a `trail` (see `crawler.spiders.source`) are sources; robots.txt and
    other requests pass.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        crawler.signals.connect(self.headers_received, signals.headers_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension."""
        return cls(crawler)

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Look at the headers of an answer.

        Raises:
            StopDownload: the answer is no page; its headers alone are handed on.
        """
        if "trail" in request.cb_kwargs and not may_be_html(content_type_of(headers)):
            assert self._stats is not None
            self._stats.inc_value("crawler/not_html_stopped")
            raise StopDownload(fail=False)
