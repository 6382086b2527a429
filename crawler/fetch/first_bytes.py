"""Ends a download once the first bytes are there that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request

FIRST_BYTES: Final = "first_bytes"
"""Meta key: so many bytes of the body are wanted; servers that know no Range would send all."""
_RECEIVED: Final = "first_bytes_received"


class FirstBytes:
    """Stops the download of answers to requests with the meta key `first_bytes`.

    Of an answer that is no longer than that, the connection can be used again.
    """

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self.headers_received, signals.headers_received)
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension."""
        return cls(crawler)

    def headers_received(self, request: Request) -> None:
        """Begin to count; a redirect or a retry keeps the meta of its request."""
        request.meta[_RECEIVED] = 0

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count the bytes of a body.

        Raises:
            StopDownload: there are more than enough.
        """
        wanted = request.meta.get(FIRST_BYTES)
        if wanted is not None:
            request.meta[_RECEIVED] = request.meta.get(_RECEIVED, 0) + len(data)
            if request.meta[_RECEIVED] > wanted:
                raise StopDownload(fail=False)
