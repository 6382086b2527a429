"""The two canonical forms of a URL: the one to request and the one that identifies the page."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from crawler.urls.host import ascii_host, safe_url

_HERE: Final = re.compile(r"\.|%2e", re.IGNORECASE)
_UP: Final = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)
_IS_THERE_ANY: Final = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
_PARTS: Final = re.compile(r"(https?://[^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def without_dot_segments(url: str) -> str:
    """Return an absolute http or https URL with the dot segments of its path resolved.

    Those that are percent-encoded are some, too. All else stays as it is, so that what robots.txt
    is asked about is what the server is asked for.
    """
    if _IS_THERE_ANY.search(url) is None or (parts := _PARTS.fullmatch(url)) is None:
        return url
    before, path, rest = parts.groups()
    return f"{before}{_resolved(path)}{rest}" if path else url


def _resolved(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if _UP.fullmatch(segment):
            del kept[-1:]
        elif not _HERE.fullmatch(segment):
            kept.append(segment)
    is_folder = bool(segments) and (_UP.fullmatch(segments[-1]) or _HERE.fullmatch(segments[-1]))
    return "/" + "/".join([*kept, ""] if is_folder and kept else kept)


# Names that mean the same on every site. Names that some sites select content by ("ref",
# "source", "cid", "id", "s", "amp") are not here, however often others track with them.
# The list is part of the identity of stored pages: removing a name changes their keys.
TRACKING_PARAMETERS = frozenset(
    {
        # Click identifiers of advertising networks
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid"),
        *("msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "epik", "rb_clickid"),
        *("irclickid", "srsltid", "s_kwcid", "ef_id", "wickedid", "_openstat"),
        # Sharing from social networks
        *("igsh", "igshid", "mibextid", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source"),
        *("ref_src", "ref_url", "__twitter_impression", "sr_share", "wprov", "soc_src", "soc_trk"),
        # Newsletters and marketing suites
        *("mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking"),
        *("mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id", "vero_conv", "ml_subscriber"),
        *("ml_subscriber_hash", "_branch_match_id", "_branch_referrer", "cmpid", "vgo_ee"),
        # Web analytics
        *("_ga", "_gl", "xtor", "at_medium", "at_campaign", "wt_mc", "wt.mc_id", "wt.mc_ev"),
        *("ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee"),
        *("pk_campaign", "pk_kwd", "piwik_campaign", "piwik_kwd"),
        *("mtm_campaign", "mtm_keyword", "mtm_source", "mtm_medium", "mtm_content", "mtm_cid"),
        *("guccounter", "guce_referrer", "guce_referrer_sig"),
    }
)
_TRACKING_PREFIX = "utm_"


def without_tracking(query: str) -> str:
    """Return the query without tracking parameters; the rest keeps its order and encoding."""
    return without_parameters(query, TRACKING_PARAMETERS, prefix=_TRACKING_PREFIX)


def without_parameters(query: str, names: frozenset[str], *, prefix: str | None = None) -> str:
    """Return the query without the named parameters and those whose name starts with `prefix`.

    `names` and `prefix` are in lower case; names are compared decoded and without case.
    """
    kept = []
    for pair in query.split("&"):
        name = unquote_plus(pair.partition("=")[0]).lower()
        if name in names or (prefix is not None and name.startswith(prefix)):
            continue
        kept.append(pair)
    return "&".join(kept)


# No port, user name, query, fragment, dot segment, escape or character that would become one; in
# the host only what no rule for names changes ("xn--" is left to those rules, as is an end in
# digits).
_PLAIN: Final = re.compile(
    r"https?://(?P<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,})"
    r"(?:/(?![.]{1,2}(?:/|$))[A-Za-z0-9_.~-]*)*"
)


def plain_host(url: str) -> str | None:
    """Return the host of a URL that cleaning would not change; None: it might."""
    found = _PLAIN.fullmatch(url)
    return None if found is None else found["host"]


_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# The key has no scheme, so the default ports of both schemes mean the same.
_DEFAULT_PORTS = {"http": (80,), "https": (443,)}
_WEB_PORTS = (80, 443)


def clean_url(url: str) -> str:
    """Return the URL to request for an absolute http or https URL.

    Fragment, tracking parameters, user name and password, dot segments, and the scheme's default
    port are gone, the host is in lower-case ASCII, and characters that RFC 3986 does not allow are
    percent-encoded. Order and encoding of everything else stay, because servers may care.

    Never raises: a URL with an impossible authority (`http://[::1`) comes back with that
    authority percent-encoded, and fails when it is requested.
    """
    if plain_host(url) is not None:
        return url
    parts = urlsplit(without_dot_segments(_safe(url)))
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
