"""Host names in the one spelling that everything else compares: lower-case ASCII.

Names in other letters are encoded as browsers do it (UTS #46, non-transitional). The older IDNA of
Python's codec, and so of w3lib and Scrapy, takes a sharp s for two plain ones, a final sigma for a
common one, and drops joiners: the name of another owner.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

import idna
from w3lib.url import safe_url_string

# What may stand in an ASCII host here. "[" and "]" may not: they delimit IPv6 addresses.
_HOST_SAFE = "%:!$&'()*+,;="
_MOST_CHARACTERS: Final = 255
# Forbidden host code points of the URL Standard; some letters are mapped to such.
_IN_NO_HOST: Final = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_JOINERS: Final = re.compile("[\u200c\u200d]")
_AUTHORITY: Final = re.compile(
    r"(?P<before>[\x00-\x20]*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#\\]*@)?)"
    r"(?P<host>[^/?#\\@:]+)(?P<after>(?::[0-9]*)?(?:[/?#\\].*)?)",
    re.DOTALL,
)


def ascii_host(host: str) -> str:
    """Return the host in lower-case ASCII, without the root's trailing dot.

    What UTS #46 refuses is percent-encoded (RFC 3986, section 3.2.2), which no resolver answers
    and no other host can be mistaken for.
    """
    if not host.isascii():
        host = _encoded(host) or host
    return quote(host, safe=_HOST_SAFE).lower().rstrip(".")


def safe_url(url: str | bytes, encoding: str = "utf-8") -> str:
    """Return a URL as it is requested: in ASCII, `w3lib.url.safe_url_string` with `ascii_host`.

    Args:
        encoding: of the page that names it, which its query is in.

    Raises:
        ValueError: the authority makes no sense.
    """
    text = url if isinstance(url, str) else url.decode("utf-8", "percentencode")  # w3lib's handler
    found = None if text.isascii() else _AUTHORITY.fullmatch(text)
    if found is not None and not found["host"].isascii():
        text = f"{found['before']}{ascii_host(found['host'])}{found['after']}"
    return safe_url_string(text, encoding)


def host_of(url: str) -> str:
    """Return the host of an absolute URL in lower-case ASCII; "" where it has none."""
    try:
        return ascii_host(urlsplit(safe_url(url)).hostname or "")
    except ValueError:
        return ""


def _encoded(host: str) -> str | None:
    """Return a host as UTS #46 encodes it, or None where browsers know no such host."""
    if len(host) > _MOST_CHARACTERS:
        return None
    try:
        mapped = idna.uts46_remap(host, std3_rules=False)
        name = ".".join(map(_encoded_label, mapped.split(".")))
    except UnicodeError:  # the library's own errors among them
        return None
    return None if not name.strip(".") or _IN_NO_HOST.search(name) else name


def _encoded_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except idna.IDNAError:
        # Symbols, emoji among them, are no letters of IDNA 2008, but browsers look them up.
        if _JOINERS.search(label):
            raise
        idna.core.check_initial_combiner(label)
        idna.core.check_bidi(label)
        return "xn--" + label.encode("punycode").decode("ascii")
