"""Where redirects lead whose Location names a host in other letters than those of ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.urls.host import safe_url

if TYPE_CHECKING:
    from scrapy.http import Request, Response


class LocationMiddleware:
    """Encodes such a host before Scrapy's redirects do it, whose IDNA is not that of browsers."""

    def process_response(
        self,
        request: Request,  # noqa: ARG002 - Scrapy's signature
        response: Response,
    ) -> Response:
        """Return the answer, with its Location in ASCII."""
        location = response.headers.get("Location")
        if location is not None and not location.isascii():
            try:
                response.headers["Location"] = safe_url(location)
            except ValueError:
                del response.headers["Location"]  # it leads to no web address
        return response
