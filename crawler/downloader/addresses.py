"""Which addresses are of the public internet, in every spelling, and what may be connected to.

Pages behind such names are shown to no third party, by their URL or otherwise.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from crawler import config
from crawler.urls.registered_domain import has_public_suffix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

PUBLIC_ONLY: Final = "public_addresses_only"
"""The key of a request's meta that has it reach no allowed network: a stranger asks by us."""

# The IANA registries of special-purpose addresses (RFC 6890), and multicast (RFC 5771).
_SPECIAL_IPV4: Final = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "private",
    IPv4Network("100.64.0.0/10"): "shared by a carrier (RFC 6598)",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("169.254.0.0/16"): "link-local",
    IPv4Network("172.16.0.0/12"): "private",
    IPv4Network("192.0.0.0/24"): "for protocols",
    IPv4Network("192.0.2.0/24"): "for documentation",
    IPv4Network("192.88.99.0/24"): "for 6to4 relays",
    IPv4Network("192.168.0.0/16"): "private",
    IPv4Network("198.18.0.0/15"): "for benchmarks",
    IPv4Network("198.51.100.0/24"): "for documentation",
    IPv4Network("203.0.113.0/24"): "for documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved or broadcast",
}
# Only 2000::/3 is handed out for the internet (RFC 4291, section 2.4); these are parts of it.
# 6to4 and Teredo can lead to any IPv4 address, and no site is to be found there.
_GLOBAL_IPV6: Final = IPv6Network("2000::/3")
_SPECIAL_IPV6: Final = {
    IPv6Network("::/128"): "this host",
    IPv6Network("::1/128"): "loopback",
    IPv6Network("2001::/32"): "Teredo",
    IPv6Network("2001::/23"): "for protocols",
    IPv6Network("2001:db8::/32"): "for documentation",
    IPv6Network("2002::/16"): "6to4",
    IPv6Network("3fff::/20"): "for documentation",
    IPv6Network("fc00::/7"): "unique local",
    IPv6Network("fe80::/10"): "link-local",
    IPv6Network("ff00::/8"): "multicast",
}
# IPv4 addresses that are reached by an IPv6 one: mapped (RFC 4291) and NAT64 (RFC 6052).
_CARRIES_IPV4: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))


def refusal(address: Address) -> str | None:
    """Say what is not public about an address, as the end of a sentence; None if it is public."""
    reached = reached_by(address)
    special: Iterable[tuple[Network, str]] = (
        _SPECIAL_IPV4.items() if isinstance(reached, IPv4Address) else _SPECIAL_IPV6.items()
    )
    for network, kind in special:
        if reached in network:
            return f"is {kind}"
    if isinstance(reached, IPv6Address) and reached not in _GLOBAL_IPV6:
        return "is outside of the global IPv6 addresses"
    # Python's own copy of the registries may be newer.
    return None if reached.is_global and not reached.is_multicast else "is not public"


def reached_by(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIES_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


@dataclass(frozen=True, slots=True)
class AllowedNetworks:
    """Networks that may be reached whatever they are."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read CRAWLER_ALLOWED_NETWORKS.

        Raises:
            OptionError: one of them is no network.
        """
        return cls(config.ALLOWED_NETWORKS.of(settings))

    def __contains__(self, address: Address) -> bool:
        reached = reached_by(address)
        return any(address in network or reached in network for network in self.networks)

    @property
    def has_everything(self) -> bool:
        """Whether no address is left to be guarded."""
        return {"0.0.0.0/0", "::/0"} <= {str(network) for network in self.networks}


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


_LOOPBACK: Final = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_LOOPBACK_NAMES: Final = frozenset(
    {"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy that a request goes through; its host as the URL of the proxy spells it."""

    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a proxy's URL as Scrapy does.

        Raises:
            ValueError: it is none.
        """
        parts = urlsplit(url if "://" in url else f"http://{url}")
        default = 443 if parts.scheme == "https" else 80
        return cls(parts.hostname or "", parts.port or default)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """The rules for one request: public addresses, those that are allowed, and its own proxy."""

    allowed: AllowedNetworks = AllowedNetworks()
    proxy: Proxy | None = None

    def address_refusal(self, address: Address) -> str | None:
        """Say why no connection may be made to an address; None if one may."""
        if address in self.allowed or (reason := refusal(address)) is None:
            return None
        return f"{address} {reason} ({config.ALLOWED_NETWORKS.name} can allow it)"

    def is_for_proxy(self, host: str, port: int) -> bool:
        """Whether a look-up is that of the request's own proxy.

        Tunnels look their proxy up without a port, which is 0 then.
        """
        if self.proxy is None:
            return False
        return host == self.proxy.host.lower().rstrip(".") and port in {0, self.proxy.port}

    def url_refusal(self, url: str) -> str | None:
        """Say what of a URL is refused before any host is looked up; None if nothing is.

        It sees what the URL itself tells. That is all there is to see where a proxy does the
        look-up; on a direct connection the resolver sees each address besides.
        """
        try:
            parts = urlsplit(url)
            host = plain_host(parts.hostname or "")
            address = read_address(host)
        except ValueError as error:
            return f"the host is not to be trusted: {error}"
        if "@" in parts.netloc or "\\" in parts.netloc:
            return "the URL has a user name or password"
        if address is not None:
            return self.address_refusal(address)
        return self._name_refusal(host)

    def _name_refusal(self, host: str) -> str | None:
        if host in _LOOPBACK_NAMES or host.endswith(".localhost"):  # RFC 6761
            if any(address in self.allowed for address in _LOOPBACK):
                return None
            return f"{host} is loopback ({config.ALLOWED_NETWORKS.name} can allow 127.0.0.0/8)"
        if self.proxy is None or self.allowed.has_everything:
            return None
        if host == plain_host(self.proxy.host):
            return f"{host} is the proxy itself"
        if is_of_own_network(host):
            return f"{host} is a name of the proxy's own network"
        return None


_current: ContextVar[AddressPolicy | None] = ContextVar("guard", default=None)
_ignores_allowed: ContextVar[bool] = ContextVar("ignores_allowed", default=False)


def current_guard() -> AddressPolicy | None:
    """Return the guard of the request that is being made in this context; None outside of one."""
    return _current.get()


@contextmanager
def guarded_by(guard: AddressPolicy) -> Iterator[AddressPolicy]:
    """Have connections of a with block made under a guard; gives the one that holds."""
    held = replace(guard, allowed=AllowedNetworks()) if _ignores_allowed.get() else guard
    token = _current.set(held)
    try:
        yield held
    finally:
        _current.reset(token)


@contextmanager
def nothing_allowed() -> Iterator[None]:
    """Have every guard of a with block, and of what it awaits, ignore its allowed networks."""
    token = _ignores_allowed.set(True)
    try:
        yield
    finally:
        _ignores_allowed.reset(token)
