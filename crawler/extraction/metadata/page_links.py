"""The page's other addresses: canonical and AMP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.inert import http_url

if TYPE_CHECKING:
    from collections.abc import Iterable


def canonical_url(hrefs: Iterable[str], base: str, page: str) -> str | None:
    """The first address that can be this page's; RFC 6596.

    Args:
        hrefs: raw values in order of trust.
        base: what relative ones are resolved against.
        page: the page's own URL. A front page as the canonical of a deeper page is a template's
            mistake and not believed.
    """
    for href in hrefs:
        address = http_url(href, base)
        if address and (_is_deep(address) or not _is_deep(page)):
            return address
    return None


def amp_url(hrefs: Iterable[str], base: str) -> str | None:
    """The first usable `rel=amphtml` address."""
    return next((address for href in hrefs if (address := http_url(href, base))), None)


def _is_deep(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.path.strip("/") or parts.query)
