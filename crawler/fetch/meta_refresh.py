"""Redirects by `<meta http-equiv="refresh">`, looked for only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import HtmlResponse

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request, Response

_HEAD_BYTES: Final = 16 * 1024  # Scrapy looks at the first 4,096 characters


class LazyMetaRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's middleware, without decoding every page on the event loop to find none.

    Where there may be one, it is shown the page's beginning alone: a page keeps its decoded text,
    up to four times the size of its body, for as long as it waits to be read.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Return the request that the page refreshes to, or the page itself."""
        head = response.body[:_HEAD_BYTES]
        if b"refresh" not in head.lower() or not isinstance(response, HtmlResponse):
            return response
        # Not `response.replace`, which would have the whole page decoded.
        beginning = HtmlResponse(
            response.url,
            status=response.status,
            headers=response.headers,
            body=head,
            request=response.request,
        )
        found = super().process_response(request, beginning)
        return response if found is beginning else found
