"""Host names that mean nothing, or something else, outside of a network: the one list of them.

Pages behind such names are shown to no third party, by their URL or otherwise.
"""

from __future__ import annotations

from typing import Final

from crawler.fetch.addresses.literals import plain_host, read_address
from crawler.urls.registered_domain import has_public_suffix

OWN_NETWORK: Final = (
    *("local", "localhost", "localdomain", "home.arpa", "internal"),
    *("corp", "home", "mail"),  # never delegated since so many networks use them (ICANN, 2018)
    *("lan", "intranet", "private", "localnet", "workgroup"),
)
"""Suffixes of names that only a network of one's own answers to.

RFC 6761, RFC 6762, RFC 8375, what ICANN has reserved, and what routers and networks use by habit.
"""

# Further ones of IANA's registry of special-use domain names (RFC 6761, RFC 7686, RFC 9476), and
# all else below .arpa, which has no pages. Names for documentation (.example) hide nobody's pages.
_NOT_OF_THE_WEB: Final = ("test", "invalid", "onion", "alt", "arpa")
_DOCUMENTATION: Final = "example"


def is_of_own_network(host: str) -> bool:
    """Whether only a network of one's own knows a host by this name: a single label, too."""
    name = plain_host(host)
    return "." not in name or _ends_with(name, OWN_NETWORK)


def is_public_name(host: str) -> bool:
    """Whether a host is known to everybody by this name.

    It is no IP address, in no spelling, no special-use name, and its last label is a top-level
    domain that the public suffix list knows.
    """
    name = plain_host(host)
    try:
        if read_address(name) is not None:
            return False
    except ValueError:
        return False
    if is_of_own_network(name) or _ends_with(name, _NOT_OF_THE_WEB):
        return False
    return has_public_suffix(name) or _ends_with(name, (_DOCUMENTATION,))


def _ends_with(name: str, suffixes: tuple[str, ...]) -> bool:
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)
