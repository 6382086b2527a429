"""The two canonical forms of a URL: the one to request and the one that identifies the page."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from crawler.urls.host import ascii_host, safe_url
from crawler.urls.plain_url import plain_host
from crawler.urls.tracking import without_tracking

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# The key has no scheme, so the default ports of both schemes mean the same.
_DEFAULT_PORTS = {"http": (80,), "https": (443,)}
_WEB_PORTS = (80, 443)


def clean_url(url: str) -> str:
    """Return the URL to request for an absolute http or https URL.

    Fragment, tracking parameters, user name and password, and the scheme's default port are
    gone, the host is in lower-case ASCII, and characters that RFC 3986 does not allow are
    percent-encoded. Order and encoding of everything else stay, because servers may care.

    Never raises: a URL with an impossible authority (`http://[::1`) comes back with that
    authority percent-encoded, and fails when it is requested.
    """
    if plain_host(url) is not None:
        return url
    parts = urlsplit(_safe(url))
    host = ascii_host(parts.hostname or "")
    netloc = _netloc(host, parts.port, defaults=_DEFAULT_PORTS.get(parts.scheme, ()))
    # Where there is no host, a path that starts with two slashes must not be taken for one.
    path = parts.path if host else "/" + parts.path.lstrip("/")
    return urlunsplit((parts.scheme, netloc, path, without_tracking(parts.query), ""))


def url_key(url: str) -> str:
    """Return the identity of the page behind an absolute http or https URL; ASCII.

    URLs share a key when they differ only in what readers and sites treat as spelling: the
    scheme, a leading `www.`, letter case of the host, ports 80 and 443, user name and
    password, dot segments, percent-encoding (RFC 3986, section 6.2.2), trailing slashes, order
    of the query's parameters, `a` or `a=`, `+` or `%20` in the query, tracking parameters, and
    the fragment. Letter case of the path, other subdomains (`m.`, `amp.`), `index.html` and
    every other parameter stay: there, different URLs are often different pages.

    The key is a URL without its scheme and its own key: `url_key("https://" + key) == key`.
    Never raises, see `clean_url`.
    """
    # With no stray "%" left, decoding cannot make a new escape out of two old ones, so that a
    # second round changes nothing.
    parts = urlsplit(canonicalize_url(_STRAY_PERCENT.sub("%25", clean_url(url))))
    host = ascii_host(parts.hostname or "")
    while host.startswith("www.") and "." in host[len("www.") :]:
        host = host.removeprefix("www.")
    netloc = _netloc(host, parts.port, defaults=_WEB_PORTS)
    return urlunsplit(("", "", netloc + parts.path.rstrip("/"), parts.query, ""))


def _safe(url: str) -> str:
    # Pairs of surrogates become the character they mean, lone ones U+FFFD.
    text = url.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    try:
        return safe_url(text)
    except ValueError:
        scheme, _, rest = text.strip().partition("://")
        return safe_url(f"{scheme}://{quote(rest, safe='/?=&%#;,+~!*')}")


def _netloc(host: str, port: int | None, *, defaults: tuple[int, ...]) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None or port in defaults else f"{name}:{port}"
