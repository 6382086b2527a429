"""AMP caches and viewers show a publisher's page under their own host; this finds the page."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.urls.canonical import clean_url
from crawler.urls.tracking import without_parameters

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
