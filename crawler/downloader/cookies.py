"""Cookies for the length of one visit: sites that set one and ask for it a hop later are read.

A jar belongs to the requests of one visit (of one article, feed, sitemap or robots.txt) and ends
with them, so nothing is known of us by the next one. It goes by RFC 6265, section 5, as browsers
do: the jars of the standard library speak an older dialect, warn of what they cannot read, and
Scrapy hands them text in the place of bytes.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured

from crawler import config
from crawler.urls.host import ascii_host
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

COOKIES: Final = "crawler_cookies"
"""Meta key of the `CookieJar` of a request, which its redirects take along."""

_MOST_COOKIES: Final = 50  # of a jar (RFC 6265, 6.1, has that many for a domain)
_MOST_BYTES: Final = 4096  # of a Set-Cookie field
_MOST_SENT: Final = 8192  # bytes of a Cookie field; many servers take no longer ones
_MOST_FIELDS: Final = 50  # Set-Cookie fields of an answer that are looked at
_MOST_DATE: Final = 100  # characters
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_SPACE: Final = b" \t"
_SECONDS: Final = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie and where it goes; with `of_host` alone to `domain` itself."""

    name: bytes
    value: bytes
    domain: str
    path: str
    of_host: bool
    is_secure: bool

    def is_for(self, host: str, path: str, *, is_secure: bool) -> bool:
        """Whether it goes along with a request."""
        if host != self.domain and (self.of_host or not host.endswith(f".{self.domain}")):
            return False
        below = self.path if self.path.endswith("/") else f"{self.path}/"
        return (path == self.path or path.startswith(below)) and (is_secure or not self.is_secure)


class CookieJar:
    """The cookies of one visit, by domain, path and name."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, bytes], Cookie] = {}
        self.sent: bytes | None = None

    def take(self, url: str, fields: Iterable[bytes]) -> None:
        """Take the Set-Cookie fields of an answer; what makes no sense is passed over."""
        for count, field in enumerate(fields):
            if count >= _MOST_FIELDS:
                return
            if len(field) > _MOST_BYTES or _CONTROL.search(field):
                continue
            self._take_one(url, field)

    def _take_one(self, url: str, field: bytes) -> None:
        pair, *attributes = field.split(b";")
        name, equals, value = pair.partition(b"=")
        name, value = (name.strip(_SPACE), value.strip(_SPACE)) if equals else (b"", pair.strip())
        known: dict[str, str] = {}
        for attribute in attributes:
            label, _, told = attribute.decode("latin-1").partition("=")
            known[label.strip().lower()] = told.strip()
        if (parts := _split(url)) is None or not (name or value):
            return
        host = _host(parts)
        domain = ascii_host(known.get("domain", "").removeprefix("."))
        if domain and domain != host and not _may_set(host, domain):
            return
        path = known.get("path", "")
        cookie = Cookie(
            name=name,
            value=value,
            domain=domain or host,
            path=path if path.startswith("/") else _default_path(parts),
            of_host=not domain,
            is_secure="secure" in known,
        )
        if cookie.is_secure and parts.scheme != "https":
            return
        key = (cookie.domain, cookie.path, cookie.name)
        if _is_over(known):
            self._cookies.pop(key, None)
        elif key in self._cookies or len(self._cookies) < _MOST_COOKIES:
            self._cookies[key] = cookie

    def field(self, url: str) -> bytes | None:
        """Return the Cookie field of a request; None: there is none to send."""
        if not self._cookies or (parts := _split(url)) is None:
            return None
        host, path, is_secure = _host(parts), parts.path or "/", parts.scheme == "https"
        going = [c for c in self._cookies.values() if c.is_for(host, path, is_secure=is_secure)]
        going.sort(key=lambda cookie: -len(cookie.path))  # the order of RFC 6265, 5.4
        field = b""
        for cookie in going:
            text = cookie.name + b"=" + cookie.value if cookie.name else cookie.value
            longer = b"; ".join(filter(None, (field, text)))
            if len(longer) > _MOST_SENT:
                break
            field = longer
        return field or None


class VisitCookiesMiddleware:
    """Gives each visit a jar of its own; in the place of Scrapy's, which has one for all.

    A Cookie field that somebody else has set on a request stays as it is.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: it is off, or Scrapy's own is on.
        """
        settings = crawler.settings
        if not config.COOKIES.of(settings) or settings.getbool("COOKIES_ENABLED"):
            raise NotConfigured
        return cls()

    def process_request(self, request: Request) -> None:
        """Add the cookies that the visit has got for this URL."""
        jar: CookieJar = request.meta.setdefault(COOKIES, CookieJar())
        if request.headers.get("Cookie") not in {None, jar.sent}:
            return
        request.headers.pop("Cookie", None)
        jar.sent = jar.field(request.url)
        if jar.sent is not None:
            request.headers["Cookie"] = jar.sent

    def process_response(self, request: Request, response: Response) -> Response:
        """Take the cookies that come with an answer."""
        jar: CookieJar | None = request.meta.get(COOKIES)
        if jar is not None:
            jar.take(request.url, response.headers.getlist("Set-Cookie"))
        return response


def has_new_cookies(request: Request) -> bool:
    """Whether a request, made again, would have other cookies than it had."""
    jar: CookieJar | None = request.meta.get(COOKIES)
    return jar is not None and jar.field(request.url) != request.headers.get("Cookie")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _host(parts: SplitResult) -> str:
    return ascii_host(parts.hostname or "")


def _default_path(parts: SplitResult) -> str:
    return parts.path[: max(parts.path.rfind("/"), 1)] or "/"


def _may_set(host: str, domain: str) -> bool:
    """Whether a host may set cookies for a domain: one above it, and of the same owner."""
    site = site_of(host)
    return host.endswith(f".{domain}") and (domain == site or domain.endswith(f".{site}"))


def _is_over(known: dict[str, str]) -> bool:
    """Whether a cookie is set to be deleted."""
    age = known.get("max-age", "")
    if _SECONDS.fullmatch(age):
        return age.startswith("-") or not age.strip("0")
    expires = known.get("expires")
    if not expires:
        return False
    try:
        moment = parsedate_tz(expires[:_MOST_DATE])
        return moment is not None and mktime_tz(moment) <= time.time()
    except (ValueError, OverflowError, IndexError, TypeError):  # no date, or none that there can be
        return False
