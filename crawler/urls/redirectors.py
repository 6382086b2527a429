"""URLs that only lead on to a publisher's: those that say where, and those that must be asked."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from typing import Final
from urllib.parse import parse_qs, urlsplit

from crawler.urls.canonical import clean_url
from crawler.urls.host import host_of

_GOOGLE: Final = re.compile(r"(?:www\.)?google\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})")
_GOOGLE_NEWS: Final = "news.google.com"
_ARTICLE: Final = re.compile(
    r"/(?:rss/|__i/rss/rd/)?(?:articles|read)/(?P<id>[A-Za-z0-9_=-]{16,2000})"
)
# Addresses that carry the publisher's in a parameter: host, path, names of the parameter.
_WITH_PARAMETER: Final = (
    (_GOOGLE, "/url", ("url", "q")),
    (re.compile(r"(?:[a-z0-9-]+\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:l|lm)\.(?:facebook|instagram)\.com"), "/l.php", ("u",)),
    (re.compile(r"(?:l|lm)\.(?:facebook|instagram)\.com"), "/", ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"(?:www\.|html\.)?duckduckgo\.com"), "/l/", ("uddg",)),
    (re.compile(r"out\.reddit\.com"), None, ("url",)),
    (re.compile(r"(?:away\.)?vk\.(?:com|ru)"), "/away.php", ("to",)),
    (re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com"), "/", ("url",)),
)
# Services that shorten the addresses of others, and have no articles of their own.
_SHORTENERS: Final = frozenset(
    {
        *("bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "flip.it", "goo.gl"),
        *("ift.tt", "is.gd", "j.mp", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at"),
        *(
            "spr.ly",
            "t.co",
            "t.ly",
            "tiny.cc",
            "tinyurl.com",
            "trib.al",
            "v.gd",
            "feedproxy.google.com",
        ),
    }
)
_MOST_STEPS: Final = 6  # of redirectors that lead to redirectors
_HTTP: Final = re.compile(rb"https?://[\x21-\x7e]+")
# The head of the message in an article's id: field 1 is 19 (0x13), field 4 (0x22) its address.
_HEAD: Final = b"\x08\x13\x22"
_SHORT_LENGTH: Final = 0x80  # lengths below are one byte of a varint


def target_told(url: str) -> str | None:
    """Return the publisher's URL that a redirecting URL itself has in it, or None; never raises.

    Known are `url` and `q` of Google's `/url`, the parameters of Bing News and of what social
    networks and mail programs put before links, and the ids that Google News gave articles up to
    2024, which are a protocol buffer in base 64. Later ids are a key that only Google can read.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if host == _GOOGLE_NEWS and (article := _ARTICLE.fullmatch(parts.path)):
        return _address_in(article["id"])
    for known, path, names in _WITH_PARAMETER:
        if known.fullmatch(host) and path in {None, parts.path.lower() or "/"}:
            query = parse_qs(parts.query)
            found = (query[name][0] for name in names if name in query)
            return next((target for value in found if (target := _web_url(value))), None)
    return None


def publisher_url(url: str) -> str:
    """Return the URL that a redirecting one leads to as far as it says, or else itself."""
    for _ in range(_MOST_STEPS):
        told = target_told(url)
        if told is None:
            break
        url = told
    return url


def must_be_asked(url: str) -> bool:
    """Whether a URL is a shortener's or Google News's, so that where it leads is to be asked."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return False
    is_news = host == _GOOGLE_NEWS and _ARTICLE.fullmatch(parts.path) is not None
    return host in _SHORTENERS or is_news


def _address_in(article_id: str) -> str | None:
    try:
        message = urlsafe_b64decode(
            article_id.rstrip("=") + "=" * (-len(article_id.rstrip("=")) % 4)
        )
    except ValueError:
        return None
    if not message.startswith(_HEAD):
        return None
    length, start = _varint(message, len(_HEAD))
    address = message[start : start + length]
    if len(address) < length or not _HTTP.fullmatch(address):
        return None
    return clean_url(address.decode("ascii"))


def _varint(message: bytes, start: int) -> tuple[int, int]:
    """Read a varint of at most two bytes; return it and where it ends."""
    low = message[start] if start < len(message) else 0
    if low < _SHORT_LENGTH:
        return low, start + 1
    high = message[start + 1] if start + 1 < len(message) else 0
    return (low & 0x7F) | (high << 7), start + 2


def _web_url(value: str) -> str | None:
    if not value.lower().startswith(("http://", "https://")):
        return None
    url = clean_url(value)
    return url if host_of(url) else None
