"""What a robots.txt is for: one scheme, host and port (RFC 9309, 2.3)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return "scheme://host:port" of an absolute http or https URL; the port is always there.

    Raises:
        ValueError: the URL has another scheme, or no such port can be.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{url!r} is no http or https URL")
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    return f"{parts.scheme}://[{host}]:{port}" if ":" in host else f"{parts.scheme}://{host}:{port}"


def robots_url(origin: str) -> str:
    """Return the URL of an origin's robots.txt, with the port only where it is not the usual."""
    scheme = origin.partition(":")[0]
    return f"{origin.removesuffix(f':{_PORTS[scheme]}')}/robots.txt"
