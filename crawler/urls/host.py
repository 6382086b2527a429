"""Host names in the one spelling that everything else compares: lower-case ASCII."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from w3lib.url import safe_url_string

# What may stand in an ASCII host here. "[" and "]" may not: they delimit IPv6 addresses.
_HOST_SAFE = "%:!$&'()*+,;="


def ascii_host(host: str) -> str:
    """Return the host in lower-case ASCII, without the root's trailing dot.

    The host is expected to be IDNA-encoded where IDNA allows it, as
    `w3lib.url.safe_url_string` leaves it; what IDNA refuses is percent-encoded (RFC 3986,
    section 3.2.2), which no resolver answers and no other host can be mistaken for.
    """
    return quote(host, safe=_HOST_SAFE).lower().rstrip(".")


def host_of(url: str) -> str:
    """Return the host of an absolute URL in lower-case ASCII; "" where it has none."""
    try:
        return ascii_host(urlsplit(safe_url_string(url)).hostname or "")
    except ValueError:
        return ""
