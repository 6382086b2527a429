"""Which addresses belong to the public internet, and which others the user means to reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

ALLOWED_NETWORKS: Final = "CRAWLER_ALLOWED_NETWORKS"
"""The name of the setting."""

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
    def parse(cls, value: str | Iterable[str] | None) -> Self:
        """Read networks in CIDR notation and single addresses.

        In text they are separated by commas or white space.

        Raises:
            OptionError: one of them is none.
        """
        parts = re.split(r"[\s,]+", value) if isinstance(value, str) else list(value or ())
        try:
            return cls(tuple(ip_network(part) for part in parts if part))
        except ValueError as error:
            raise OptionError(f"{ALLOWED_NETWORKS}: {error}") from None

    def __contains__(self, address: Address) -> bool:
        reached = reached_by(address)
        return any(address in network or reached in network for network in self.networks)

    @property
    def has_everything(self) -> bool:
        """Whether no address is left to be guarded."""
        return {"0.0.0.0/0", "::/0"} <= {str(network) for network in self.networks}
