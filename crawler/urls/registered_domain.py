"""Whose a host is, by the public suffix list (publicsuffix.org): its owner's, and its site's."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from tldextract import TLDExtract, tldextract

from crawler.urls.canonical import plain_host
from crawler.urls.host import host_of

# The list that comes with the library: no network, no cache files, the same answer everywhere.
_extract = TLDExtract(suffix_list_urls=(), cache_dir=None)
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_UNKNOWN = "unknown"


def keep_off_the_network() -> None:
    """Have other libraries that use tldextract in this process answered from the same list.

    By itself it downloads a newer one when it is first asked, past all guards of a crawl.
    """
    tldextract.TLD_EXTRACTOR = _extract


def registered_domain(url_or_host: str) -> str:
    """Return the registered domain of a URL or host in lower-case ASCII (IDNA).

    `https://forums.bbc.co.uk/x` gives `bbc.co.uk`. Sites under a private suffix
    (`a.blogspot.com`) belong to the suffix's owner, who has registered it; `site_of` tells them
    apart. An IP address is its own domain (IPv6 without brackets). A host without a known suffix
    gives its last two labels or itself; what has no host at all gives `unknown`. Never raises.
    """
    return _domain_of_host(plain_host(url_or_host) or _host(url_or_host))


def site_of(url_or_host: str) -> str:
    """Return the site of a URL or host: what is paced, and blamed, as one.

    It is the registered domain, save where its owner lets others have names below one of his own
    (the private part of the list: `github.io`, `vercel.app`, `blogspot.com`). There each such name
    is a site, so that one user's page cannot silence the others'. Otherwise as
    `registered_domain`.
    """
    return _site_of_host(plain_host(url_or_host) or _host(url_or_host))


def has_public_suffix(host: str) -> bool:
    """Whether a host name is below a top-level domain that the list knows."""
    return bool(_extract.extract_str(host).suffix)


def _host(url_or_host: str) -> str:
    text = url_or_host.strip()
    if scheme := _SCHEME.match(text):
        url = "http://" + text[scheme.end() :]
    elif text.count(":") > 1 and "[" not in text:  # a bare IPv6 address
        url = f"http://[{text}]"
    else:
        url = f"http://{text}"
    return host_of(url)


@lru_cache(maxsize=65_536)
def _domain_of_host(host: str) -> str:
    if not host:
        return _UNKNOWN
    try:
        return str(ip_address(host))
    except ValueError:
        labels = [label for label in host.split(".") if label]
        known = _extract.extract_str(host).top_domain_under_public_suffix
        return known.lower() or ".".join(labels[-2:]) or _UNKNOWN


@lru_cache(maxsize=65_536)
def _site_of_host(host: str) -> str:
    found = _extract.extract_str(host, include_psl_private_domains=True)
    if found.is_private:  # a host that is itself such a suffix is its owner's own
        return (found.top_domain_under_public_suffix or found.suffix).lower()
    return _domain_of_host(host)
