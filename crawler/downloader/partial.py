"""Answers that are read in part: unasked parts, first bytes only, and no body that is no page.

Broken caches give them out, and what they hold may stop in the middle of a sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from crawler.downloader.media_type import begins_html, content_type_of, may_be_html

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Request, Response


_PARTIAL: Final = 206
_RANGE: Final = re.compile(rb"\s*bytes[\s=]+0\s*-\s*(\d{1,18})\s*/\s*(\d{1,18})\s*", re.IGNORECASE)
_END: Final = re.compile(rb"</html>\s*\Z", re.IGNORECASE)


def is_unasked(request: Request, response: Response) -> bool:
    """Whether an answer claims to be a part and nobody has asked for one."""
    return response.status == _PARTIAL and request.headers.get("Range") is None


def is_whole(response: Response) -> bool | None:
    """Whether such an answer, with its body as sent, is all there is; None: it does not say."""
    fields = response.headers.getlist("Content-Range")
    if not fields:
        return None
    found = _RANGE.fullmatch(fields[-1])
    if found is None or int(found[1]) + 1 != int(found[2]):
        return False
    return "download_stopped" in response.flags or len(response.body) == int(found[2])


def looks_whole(body: bytes) -> bool:
    """Whether a body, decoded, is a page from its beginning to its end."""
    return begins_html(body) and _END.search(body) is not None


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


MUST_BE_PAGE: Final = "crawler_must_be_page"
"""The key in a request's meta by which its answer is wanted only if it is a page."""


class HtmlOnly:
    """Stops the download of a source's answer when its headers say that it is no HTML.

    Those of robots.txt and others, which have no `MUST_BE_PAGE` in their meta, pass.
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
        if request.meta.get(MUST_BE_PAGE) and not may_be_html(content_type_of(headers)):
            assert self._stats is not None
            self._stats.inc_value("crawler/not_html_stopped")
            raise StopDownload(fail=False)
