"""What the request that is being made may connect to."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from crawler.fetch.addresses.literals import plain_host, read_address
from crawler.fetch.addresses.networks import ALLOWED_NETWORKS, AllowedNetworks, refusal
from crawler.fetch.addresses.special_names import is_of_own_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.fetch.addresses.networks import Address

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
class Guard:
    """The rules for one request: public addresses, those that are allowed, and its own proxy."""

    allowed: AllowedNetworks = AllowedNetworks()  # noqa: RUF009 - it is frozen
    proxy: Proxy | None = None

    def address_refusal(self, address: Address) -> str | None:
        """Say why no connection may be made to an address; None if one may."""
        if address in self.allowed or (reason := refusal(address)) is None:
            return None
        return f"{address} {reason} ({ALLOWED_NETWORKS} can allow it)"

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
            return f"{host} is loopback ({ALLOWED_NETWORKS} can allow 127.0.0.0/8)"
        if self.proxy is None or self.allowed.has_everything:
            return None
        if host == plain_host(self.proxy.host):
            return f"{host} is the proxy itself"
        if is_of_own_network(host):
            return f"{host} is a name of the proxy's own network"
        return None


_current: ContextVar[Guard | None] = ContextVar("guard", default=None)
_ignores_allowed: ContextVar[bool] = ContextVar("ignores_allowed", default=False)


def current_guard() -> Guard | None:
    """Return the guard of the request that is being made in this context; None outside of one."""
    return _current.get()


@contextmanager
def guarded_by(guard: Guard) -> Iterator[Guard]:
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
