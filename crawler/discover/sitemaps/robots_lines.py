"""Sitemaps that a robots.txt names, and where a site's own is by custom."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from crawler.discover.feeds.values import url_of
from crawler.fetch.robots.rules import sitemap_lines

_MOST: Final = 100


def sitemaps_of_robots(body: bytes, url: str) -> tuple[str, ...]:
    """Return the URLs of `Sitemap:` lines, which belong to no group, each once."""
    found = (url_of(named, url) for named in sitemap_lines(body))
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST]


def robots_url_of(url: str) -> str | None:
    """Return the robots.txt to ask where a URL names a site, or that file; None: it names more."""
    parts = urlsplit(url)
    if parts.path not in {"", "/", "/robots.txt"} or parts.query:
        return None
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))


def usual_sitemap(url: str) -> str:
    """Return where a site has its sitemap that names none."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/sitemap.xml", "", ""))
