"""Who led to a URL: what fails where strangers point to is not to be held against its host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from scrapy.http import Request

VIA: Final = "crawler_via"
"""Meta key of requests that somebody else than an item's author led to: the site that did."""


def led_by(request: Request) -> str | None:
    """Return the site that redirected, or else led, to another one's URL; None: nobody did."""
    via: str | None = request.meta.get(VIA)
    if via is None and (earlier := request.meta.get("redirect_urls")):
        via = site_of(earlier[0])
    return None if via == site_of(request.url) else via
