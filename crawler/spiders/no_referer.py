"""No host learns which page led to it, was tried before it, or is looked up in an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.spidermiddlewares.referer import RefererMiddleware

if TYPE_CHECKING:
    from scrapy.http import Request, Response


class NoRefererMiddleware(RefererMiddleware):
    """In place of Scrapy's, whose policy a page can choose for itself; redirects ask it, too."""

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Take the field off a request that an answer has led to."""
        if response is not None:
            request.headers.pop("Referer", None)
        return request
