"""Who we are and where to complain; a crawl that names no contact stays at home."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from scrapy.exceptions import IgnoreRequest, NotConfigured

from crawler import __version__

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request


_NAMES_A_CONTACT: Final = re.compile(r"https?://[^\s()]+\.[^\s()]+|[^\s()@]+@[^\s()@]+\.[^\s()@]+")

# Loopback (RFC 1122, RFC 4291), private (RFC 1918) and unique local (RFC 4193) addresses.
_OWN_NETWORKS: Final = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)

MISSING_CONTACT: Final = (
    "a crawl of public sites must say who to complain to: set CRAWLER_CONTACT to a web page "
    "or an e-mail address of yours, for example -s CRAWLER_CONTACT=https://example.com/bot "
    "(or the environment variable of that name)"
)


def user_agent(contact: str) -> str:
    """Return the User-Agent for a contact, which is a URL or an e-mail address, or empty."""
    product = f"frontmatter-crawler/{__version__}"
    return f"{product} (+{contact.strip()})" if contact.strip() else product


def names_a_contact(agent: str) -> bool:
    """Whether a User-Agent says where its owner can be reached."""
    return _NAMES_A_CONTACT.search(agent) is not None


class Surroundings:
    """Which URLs lead to networks that others run, given the proxies of the environment."""

    def __init__(self, *, use_proxies: bool = True) -> None:
        proxies = getproxies() if use_proxies else {}
        self._proxy_hosts = {scheme: _proxy_host(proxy) for scheme, proxy in proxies.items()}

    def is_public(self, url: str) -> bool:
        """Whether a request for this URL would leave for a network that others run.

        A loopback or private address is one's own, and so is what a proxy on loopback answers.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        proxy = self._proxy_hosts.get(parts.scheme)
        if proxy and not proxy_bypass(host):
            host = proxy
        return not _is_own_host(host)


def _proxy_host(proxy: str) -> str:
    try:
        return urlsplit(proxy if "//" in proxy else f"//{proxy}").hostname or ""
    except ValueError:  # Scrapy passes over such a one, too
        return ""


def _is_own_host(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _OWN_NETWORKS)


class NoContactError(IgnoreRequest):
    """A public site was to be asked by nobody in particular."""


class ContactGuardMiddleware:
    """Refuses requests for public sites while no contact is configured."""

    def __init__(self, crawler: Crawler) -> None:
        if names_a_contact(crawler.settings["USER_AGENT"]):
            raise NotConfigured
        self._surroundings = Surroundings(use_proxies=crawler.settings.getbool("HTTPPROXY_ENABLED"))
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: there is a contact, so nothing is to be guarded.
        """
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request at home pass.

        Raises:
            NoContactError: it leads elsewhere.
        """
        if self._surroundings.is_public(request.url):
            self._stats.inc_value("crawler/no_contact_refused")
            raise NoContactError(request.url)
