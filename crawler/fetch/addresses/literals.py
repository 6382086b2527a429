"""Hosts that are addresses, in every spelling that some resolver or proxy understands."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final
from unicodedata import normalize
from urllib.parse import unquote

if TYPE_CHECKING:
    from crawler.fetch.addresses.networks import Address

_DOTS: Final = str.maketrans("\u3002\uff0e\uff61", "...")  # IDNA's other full stops (RFC 3490)
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
_MOST_PARTS: Final = 4
# Some programs cut a host off at one of these (forbidden host code points of the URL Standard).
_IN_NO_HOST: Final = re.compile(r"[\x00-\x20\x7f#%/<>?@\\^|]")


def plain_host(host: str) -> str:
    """Return a host as a lenient reader takes it.

    Percent-decoded, in compatibility form (full-width letters are letters), in lower case and
    without the root's dot.
    """
    return normalize("NFKC", unquote(host)).translate(_DOTS).lower().rstrip(".")


def read_address(host: str) -> Address | None:
    """Return the address that a `plain_host` is; None where it is a name.

    IPv6 is taken with or without brackets, and its zone is dropped. IPv4 may have fewer than four
    parts, each decimal, octal or hexadecimal (the URL Standard's IPv4 parser and inet_aton(3)).

    Raises:
        ValueError: the host is neither, or programs differ on which address it is.
    """
    if ":" in host or host.startswith("["):
        return IPv6Address(host.strip("[]").partition("%")[0])
    if _IN_NO_HOST.search(host):
        raise ValueError(f"{host!r} has characters that no host has")
    parts = host.split(".")
    if not _NUMBER.fullmatch(parts[-1]):
        return None
    if len(parts) > _MOST_PARTS:
        raise ValueError(f"{host!r} has too many parts for an address")
    *high, low = map(_number, parts)
    if any(part >> 8 for part in high) or low >> 8 * (_MOST_PARTS + 1 - len(parts)):
        raise ValueError(f"{host!r} is larger than any address")
    shifted = (part << (24 - 8 * index) for index, part in enumerate(high))
    return IPv4Address(sum(shifted) + low)


def _number(part: str) -> int:
    if not _NUMBER.fullmatch(part):
        raise ValueError(f"{part!r} is no number")
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    if part.startswith("0") and int(part, 8) != int(part):
        raise ValueError(f"{part!r} is octal to some programs and decimal to others")
    return int(part)
