"""Redirects by `<meta http-equiv="refresh">`, looked for only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request, Response

_HEAD_BYTES: Final = 16 * 1024  # Scrapy looks at the first 4,096 characters


class LazyMetaRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's middleware, without decoding every page on the event loop to find none."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Return the request that the page refreshes to, or the page itself."""
        if b"refresh" not in response.body[:_HEAD_BYTES].lower():
            return response
        return super().process_response(request, response)
