"""All URLs under which one article may be found, AMP included, in the order to try them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.urls.canonical import clean_url, url_key, without_parameters
from crawler.urls.redirectors import publisher_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# https://developers.google.com/amp/cache/overview#amp-cache-url-format: c is a page, v a page
# in a viewer, wp a signed exchange, i an image, r another resource.
_CACHE_HOST = re.compile(r"(?:[^.]+\.)?cdn\.ampproject\.org|(?:[^.]+\.)?bing-amp\.com")
_CACHE_PATH = re.compile(r"/(?:c|v|wp|i|r)/(?P<tls>s/)?(?P<rest>.+)", re.DOTALL)
_VIEWER_HOST = re.compile(r"(?:www\.)?google\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})")
_VIEWER_PATH = re.compile(r"/amp/(?P<tls>s/)?(?P<rest>.+)", re.DOTALL)
_VIEWER_PARAMETERS = frozenset(
    {
        *("amp_ct", "amp_gsa", "amp_js_v", "amp_kit", "amp_latest_update_time", "amp_r", "amp_tf"),
        *("amp_video_host_url", "ampshare", "aoh", "usqp"),
    }
)
_PLAUSIBLE_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})"
)
_ENCODED_QUERY = re.compile(r"%3f", re.IGNORECASE)


def origin_of_amp_cache(url: str) -> str | None:
    """Return the publisher's URL behind an AMP cache or viewer URL, cleaned, or None.

    Known are Google's cache (`*.cdn.ampproject.org`), Google's viewer (`www.google.com/amp/`
    under every Google country domain) and Bing's cache (`*.bing-amp.com`). None is returned for
    every other URL, and where no plausible public host stands behind the cache. The page's
    query stays, without the parameters that caches and viewers add. Never raises.
    """
    origin = _unwrapped(clean_url(url))
    # A viewer may show a cache's page. Each round shortens the URL, so this ends.
    while origin is not None and (inner := _unwrapped(origin)) is not None:
        origin = inner
    return origin


def _unwrapped(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.netloc
    if _CACHE_HOST.fullmatch(host):
        pattern = _CACHE_PATH
    elif _VIEWER_HOST.fullmatch(host):
        pattern = _VIEWER_PATH
    else:
        return None
    match = pattern.fullmatch(parts.path)
    if match is None or "%" in match["rest"].partition("/")[0]:
        # The publisher's URL was percent-encoded as a whole.
        match = pattern.fullmatch(unquote(parts.path))
    if match is None:
        return None
    # Viewers encode the "?" of the page's own query, because theirs follows.
    page, *encoded = _ENCODED_QUERY.sub("?", match["rest"]).split("?", 1)
    query = without_parameters("&".join(filter(None, [*encoded, parts.query])), _VIEWER_PARAMETERS)
    scheme = "https" if match["tls"] else "http"
    host, slash, path = page.partition("/")
    if "@" in host:
        return None
    origin = clean_url(urlunsplit((scheme, host, slash + path, query, "")))
    return origin if _PLAUSIBLE_HOST.fullmatch(urlsplit(origin).hostname or "") else None


@dataclass(frozen=True, slots=True)
class UrlFamily:
    """The URLs of one article; build it with `url_family`.

    Attributes:
        urls: cleaned URLs to request, best first; at least one, no two with the same key.
        amp_from: index of the first AMP page in `urls`, which are all AMP pages from there on;
            `len(urls)` where there is none.
    """

    urls: tuple[str, ...]
    amp_from: int

    @property
    def key(self) -> str:
        """The identity of the article: the key of its best URL."""
        return url_key(self.urls[0])

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all URLs, in their order."""
        return tuple(url_key(url) for url in self.urls)


def url_family(urls: Sequence[str], amp_urls: Sequence[str] = ()) -> UrlFamily:
    """Order the URLs that an item names for one article, and drop repetitions.

    Args:
        urls: the article's URLs (originalUrl, webUrl), best first.
        amp_urls: URLs of its AMP pages (ampWebUrl, cdnAmpWebUrl), best first.

    Of a redirector's URL that says where it leads (Google, Bing News), that counts.
    AMP pages come last, since they are often cut or withdrawn. A URL counts as AMP when it
    stands among `amp_urls`, or is an AMP cache's, which its origin replaces. Of URLs that
    share a key the first keeps its place, as https if one of them is.

    Raises:
        ValueError: no URL at all was given.
    """
    plain: list[str] = []
    amp = [origin_of_amp_cache(url) or clean_url(url) for url in map(publisher_url, amp_urls)]
    for url in map(publisher_url, urls):
        origin = origin_of_amp_cache(url)
        if origin is None:
            plain.append(clean_url(url))
        else:
            amp.append(origin)
    best = _best_by_key([*plain, *amp])
    if not best:
        raise ValueError("a family needs at least one URL")
    amp_keys = {url_key(url) for url in amp}
    first = tuple(url for key, url in best.items() if key not in amp_keys)
    last = tuple(url for key, url in best.items() if key in amp_keys)
    return UrlFamily(urls=first + last, amp_from=len(first))


def _best_by_key(urls: Iterable[str]) -> dict[str, str]:
    best: dict[str, str] = {}
    for url in urls:
        key = url_key(url)
        if key not in best or (url.startswith("https:") and best[key].startswith("http:")):
            best[key] = url
    return best
