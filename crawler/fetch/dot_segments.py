"""Requests go out without dot segments, and are looked up in robots.txt so, as a browser's do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.urls.canonical import without_dot_segments

if TYPE_CHECKING:
    from scrapy.http import Request


class DotSegmentsMiddleware:
    """Resolves them in whatever URL is asked for, that of a redirect for example."""

    def process_request(self, request: Request) -> Request | None:
        """Return the request for the URL that is meant, where that is another one."""
        url = without_dot_segments(request.url)
        return None if url == request.url else request.replace(url=url, dont_filter=True)
