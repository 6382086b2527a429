"""The name resolver of the reactor: it gives out no address that must not be connected to."""

from __future__ import annotations

import math
import socket
import time
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TxTimeoutError
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer

from crawler.downloader.addresses import (
    AddressPolicy,
    AllowedNetworks,
    current_guard,
)
from crawler.downloader.own_trouble import SHORTAGES
from crawler.urls.host import ascii_host

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler

    from crawler.downloader.addresses import Address


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


_CACHE_SECONDS: Final = 300.0
_ALWAYS_THERE: Final = "example.com"  # whoever answers for any name, answers for this one
_ANSWER_SECONDS: Final = 30.0  # for so long after an answer there is no doubt of the resolver
_LEAST_SIZE: Final = 1000  # without the last look-ups a refusal could not be explained
_TYPES: Final = {4: IPv4Address, 6: IPv6Address}


@implementer(IHostnameResolver)
class GuardedResolver:
    """Looks hosts up (IPv4 and IPv6) and hands on the addresses that the guard lets pass.

    Twisted's `HostnameEndpoint` gets every host that it connects to from here, IP addresses
    included, and connects to what it gets and nothing else. So there is no gap between the check
    and the connection in which a name could change its address.

    Requests bring their guard in the context that they are made in
    (`crawler.downloader.addresses`). Other connections of the process are held to
    CRAWLER_ALLOWED_NETWORKS.
    """

    getaddrinfo: GetAddrInfo = staticmethod(socket.getaddrinfo)

    def __init__(
        self, reactor: Any, *, guard: AddressPolicy, cache: LookupCache, timeout: float
    ) -> None:
        self.cache = cache
        self._reactor = reactor
        self._guard = guard
        self._timeout = timeout
        self._answered_at = -math.inf  # when a look-up last had an answer

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Make the resolver for a crawler or, since Scrapy passes it so, a crawler process.

        Raises:
            OptionError: CRAWLER_ALLOWED_NETWORKS makes no sense.
        """
        settings = crawler.settings
        seconds = _CACHE_SECONDS if settings.getbool("DNSCACHE_ENABLED") else 0.0
        size = max(settings.getint("DNSCACHE_SIZE"), _LEAST_SIZE)
        return cls(
            reactor,
            guard=AddressPolicy(AllowedNetworks.from_settings(settings)),
            cache=LookupCache(seconds=seconds, size=size, clock=time.monotonic),
            timeout=settings.getfloat("DNS_TIMEOUT"),
        )

    def install_on_reactor(self) -> None:
        """Put the resolver in the place of the reactor's own."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> HostResolution:
        """Tell the receiver the addresses of a host, as `IHostnameResolver` has it."""
        guard = current_guard() or self._guard
        host = ascii_name(hostName)
        passes = partial(_passes, guard, is_proxy=guard.is_for_proxy(host, portNumber))

        def tell(lookup: Lookup) -> None:
            for address in filter(passes, lookup.addresses):
                kind = _TYPES[address.version]
                if addressTypes is None or kind in addressTypes:
                    found = kind(transportSemantics, str(address), portNumber)
                    resolutionReceiver.addressResolved(found)
            resolutionReceiver.resolutionComplete()

        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        known = _read(host) or self.cache.fresh(host)
        if known is not None:
            tell(known)
        else:
            Deferred.fromCoroutine(self._look_up(host, tell))
        return resolution

    def last(self, host: str) -> Lookup | None:
        """Return what the last look-up of an `ascii_name` gave, before the guard; for a while."""
        return _read(host) or self.cache.last(host)

    async def lookup(self, host: str) -> Lookup:
        """Return what an `ascii_name` stands for, before any guard."""
        return _read(host) or self.cache.fresh(host) or await self._asked(host)

    async def _look_up(self, host: str, tell: Callable[[Lookup], None]) -> None:
        tell(await self._asked(host))

    async def _asked(self, host: str) -> Lookup:
        lookup = await self._ask(host)
        if lookup.trouble is Trouble.NO_ANSWER and await self._is_down():
            lookup = Lookup(trouble=Trouble.OURS)
        self.cache.put(host, lookup)
        return lookup

    async def _ask(self, host: str) -> Lookup:
        pool = self._reactor.getThreadPool()
        asked = deferToThreadPool(self._reactor, pool, look_up, host, self.getaddrinfo)
        try:
            lookup: Lookup = await asked.addTimeout(self._timeout, self._reactor)
        except TxTimeoutError:
            return Lookup(trouble=Trouble.NO_ANSWER)
        if lookup.trouble in {None, Trouble.UNKNOWN_HOST}:
            self._answered_at = time.monotonic()
        return lookup

    async def _is_down(self) -> bool:
        """Whether no name at all can be looked up: some names' servers are always silent."""
        if time.monotonic() - self._answered_at < _ANSWER_SECONDS:
            return False
        return (await self._ask(_ALWAYS_THERE)).trouble in {Trouble.NO_ANSWER, Trouble.OURS}


def ascii_name(host: str) -> str:
    """Return a host as it is looked up: in lower-case ASCII, without the root's dot.

    Twisted hands on what it has decoded from IDNA. Python's own codec, which would encode it
    again, has an older IDNA and may make another name of it.
    """
    return ascii_host(host)


def _read(host: str) -> Lookup | None:
    """Return the address that a host is to the system itself; None where it is a name."""
    literal = look_up(host, socket.getaddrinfo, flags=socket.AI_NUMERICHOST)
    return literal if literal.addresses else None


def _passes(guard: AddressPolicy, address: Any, *, is_proxy: bool) -> bool:
    return is_proxy or guard.address_refusal(address) is None
