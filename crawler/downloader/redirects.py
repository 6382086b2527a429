"""Redirects as browsers follow them: meta refresh, odd Locations, dot segments; no Referer.

As browsers read them (HTML standard, "shared declarative refresh steps"), in place of Scrapy's
pattern, which knows one spelling and no header field. What leads a reader elsewhere at once, or
within a few seconds, is a redirect; what has the same page come again is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.etree import XPath
from scrapy.http import HtmlResponse
from scrapy.spidermiddlewares.referer import RefererMiddleware

from crawler.downloader.cookies import has_new_cookies
from crawler.downloader.scrapy_internals import RefreshRedirects
from crawler.urls.canonical import without_dot_segments
from crawler.urls.host import safe_url

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request, Response


class DotSegmentsMiddleware:
    """Resolves them in whatever URL is asked for, that of a redirect for example."""

    def process_request(self, request: Request) -> Request | None:
        """Return the request for the URL that is meant, where that is another one."""
        url = without_dot_segments(request.url)
        return None if url == request.url else request.replace(url=url, dont_filter=True)


class LocationMiddleware:
    """Encodes such a host before Scrapy's redirects do it, whose IDNA is not that of browsers."""

    def process_response(
        self,
        request: Request,  # noqa: ARG002 - Scrapy's signature
        response: Response,
    ) -> Response:
        """Return the answer, with its Location in ASCII."""
        location = response.headers.get("Location")
        if location is not None and not location.isascii():
            try:
                response.headers["Location"] = safe_url(location)
            except ValueError:
                del response.headers["Location"]  # it leads to no web address
        return response


_HEAD_BYTES: Final = 16 * 1024
_MOST_REFRESHES: Final = 5  # of one visit; what goes on reloads itself under ever new URLs
_REASON: Final = "meta refresh"
_BLANK: Final = " \t\n\f\r"
_TIME: Final = re.compile(rf"[{_BLANK}]*(?:([0-9]+)|(?=\.))[0-9.]*")
_SEPARATOR: Final = re.compile(rf"(?=[;,{_BLANK}])[{_BLANK}]*[;,]?[{_BLANK}]*")
_NAME: Final = re.compile(rf"url[{_BLANK}]*=[{_BLANK}]*", re.IGNORECASE)
_UNSEEN_IN_URL: Final = str.maketrans("", "", "\t\n\r")
# In these a browser that runs scripts sees text, or nothing.
_METAS: Final = XPath(
    "//meta[@http-equiv and @content][not(ancestor::noscript or ancestor::template"
    " or ancestor::textarea or ancestor::title or ancestor::iframe or ancestor::noframes"
    " or ancestor::xmp or ancestor::script or ancestor::style)]"
)
_BASES: Final = XPath("//base[@href]")


class Refresh(NamedTuple):
    """What a page does with its reader: after so many seconds, to this URL as it is written.

    The URL is "" where the page itself comes again.
    """

    seconds: int
    url: str


def read_refresh(content: str) -> Refresh | None:
    """Read the content of such an element or field; None: a browser would pass over it."""
    time = _TIME.match(content)
    if time is None:
        return None
    seconds = int(time[1][:9]) if time[1] else 0
    rest = content[time.end() :]
    if not rest:
        return Refresh(seconds, "")
    separator = _SEPARATOR.match(rest)
    if separator is None:
        return None
    url = rest[separator.end() :]
    if name := _NAME.match(url):
        url = url[name.end() :]
    if url[:1] in {'"', "'"}:
        url = url[1:].partition(url[0])[0]
    return Refresh(seconds, url.translate(_UNSEEN_IN_URL).strip(_BLANK))


class RefreshMiddleware(RefreshRedirects):
    """Scrapy's middleware with the reading of browsers, and its settings.

    Pages are not decoded on the event loop to find none: where there may be one, the page's
    beginning alone is parsed. METAREFRESH_IGNORE_TAGS has no meaning, since elements in which a
    browser sees none are left out anyway.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Return the request that the page refreshes to, or the page itself."""
        if request.meta.get("dont_redirect") or request.method == "HEAD":
            return response
        target = _target(response, before=self.longest_delay)
        if target is None or self._is_reload(request, target):
            return response
        return self.redirected(request, response, target, _REASON)

    def _is_reload(self, request: Request, target: str) -> bool:
        """Whether a page has itself come again, and not to see its cookie come back."""
        if request.meta.get("redirect_reasons", []).count(_REASON) >= _MOST_REFRESHES:
            return True
        seen = [request.url, *request.meta.get("redirect_urls", [])]
        is_seen = _page(target) in map(_page, seen)
        return is_seen and not has_new_cookies(request)


def _target(response: Response, before: int) -> str | None:
    """Return where an answer leads its reader in less than so many seconds; None: nowhere."""
    base, encoding = response.url, "utf-8"
    field = response.headers.get("Refresh")
    refresh = None if field is None else read_refresh(field.decode("latin-1"))
    if refresh is None:
        head = response.body[:_HEAD_BYTES]
        if b"refresh" not in head.lower() or not isinstance(response, HtmlResponse):
            return None
        # Not the response itself, which keeps its text, up to four times the size of its body.
        beginning = HtmlResponse(
            response.url, headers=response.headers, body=head, request=response.request
        )
        base, encoding, refresh = _in_page(beginning)
    if refresh is None or refresh.seconds >= before or not refresh.url:
        return None
    try:
        target = urljoin(base, safe_url(refresh.url, encoding))
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if parts.scheme in {"http", "https"} and parts.hostname else None


def _in_page(page: HtmlResponse) -> tuple[str, str, Refresh | None]:
    """Return a page's base URL, its encoding, and its first refresh that is one."""
    tree = page.selector.root
    if tree is None:
        return page.url, page.encoding, None
    told = (
        read_refresh(meta.get("content"))
        for meta in _METAS(tree)
        if meta.get("http-equiv").lower() == "refresh"
    )
    refresh = next((one for one in told if one is not None), None)
    href = next((base.get("href") for base in _BASES(tree)), "")
    try:
        base = urljoin(page.url, safe_url(href.strip(), page.encoding))
    except ValueError:
        base = page.url
    return base, page.encoding, refresh


def _page(url: str) -> str:
    return urldefrag(url).url


class NoRefererMiddleware(RefererMiddleware):
    """In place of Scrapy's, whose policy a page can choose for itself; redirects ask it, too."""

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Take the field off a request that an answer has led to."""
        if response is not None:
            request.headers.pop("Referer", None)
        return request
