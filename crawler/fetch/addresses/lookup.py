"""What the domain name system says of a host, and for how long it is believed."""

from __future__ import annotations

import socket
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from crawler.fetch.own_trouble import SHORTAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.fetch.addresses.networks import Address

GetAddrInfo: TypeAlias = "Callable[..., list[tuple[Any, ...]]]"
"""A function like `socket.getaddrinfo`."""

# EAI_NODATA: the name is known, but has no address. Not every platform tells it apart.
_NO_ADDRESS: Final = frozenset(
    getattr(socket, name)
    for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
    if hasattr(socket, name)
)


class Trouble(Enum):
    """Why a host has no address."""

    UNKNOWN_HOST = auto()
    NO_ANSWER = auto()
    OURS = auto()  # nothing can be looked up here, whatever the name


@dataclass(frozen=True, slots=True)
class Lookup:
    """The addresses of a host, in the order in which they are to be tried; or the trouble."""

    addresses: tuple[Address, ...] = ()
    trouble: Trouble | None = None


def look_up(host: str, getaddrinfo: GetAddrInfo, *, flags: int = 0) -> Lookup:
    """Ask for the addresses of a host; blocks, unless AI_NUMERICHOST is among the flags."""
    try:
        found = getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=flags)
    except socket.gaierror as error:
        if error.errno == socket.EAI_MEMORY:
            return Lookup(trouble=Trouble.OURS)
        unknown = error.errno in _NO_ADDRESS
        return Lookup(trouble=Trouble.UNKNOWN_HOST if unknown else Trouble.NO_ANSWER)
    except OSError as error:
        is_ours = error.errno in SHORTAGES
        return Lookup(trouble=Trouble.OURS if is_ours else Trouble.NO_ANSWER)
    except ValueError:  # a label that is empty or too long for any host, or a NUL
        return Lookup(trouble=Trouble.UNKNOWN_HOST)
    addresses = (
        ip_address(place[0])
        for family, _, _, _, place in found
        if family in {socket.AF_INET, socket.AF_INET6}
    )
    return Lookup(tuple(dict.fromkeys(addresses)))


class LookupCache:
    """The last look-up of each host, for the hosts that were last looked up.

    Args:
        seconds: how long addresses are believed.
        size: hosts that are remembered.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, *, seconds: float, size: int, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._lookups: OrderedDict[str, tuple[float, Lookup]] = OrderedDict()

    def put(self, host: str, lookup: Lookup, *, seconds: float | None = None) -> None:
        """Remember a look-up, and believe it for that long if not for the usual time."""
        believed = self._seconds if seconds is None else seconds
        self._lookups[host] = (self._clock() + believed, lookup)
        self._lookups.move_to_end(host)
        while len(self._lookups) > self._size:
            self._lookups.popitem(last=False)

    def fresh(self, host: str) -> Lookup | None:
        """Return addresses that are still believed; trouble never is, so that it can pass."""
        until, lookup = self._lookups.get(host, (0.0, Lookup()))
        return lookup if lookup.addresses and self._clock() < until else None

    def last(self, host: str) -> Lookup | None:
        """Return the last look-up, however old."""
        _, lookup = self._lookups.get(host, (0.0, None))
        return lookup

    def forget(self, host: str) -> None:
        """Forget a host."""
        self._lookups.pop(host, None)
