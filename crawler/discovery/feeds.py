"""Values of feeds, made plain; JSON Feed; and where pages and answers name feeds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from lxml import html

from crawler.discovery.found import (
    EXCERPT_LIMIT,
    ID_LIMIT,
    MOST_ENTRIES,
    MOST_IMAGES,
    MOST_NAMES,
    NAME_LIMIT,
    TITLE_LIMIT,
    Feed,
    FoundArticle,
    FoundImage,
)
from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_text import field_text
from crawler.sanitize import http_url
from crawler.timestamps import moment, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable


_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
# Field texts get a space for each tag, which is right for all but these.
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|i|mark|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,2000})?>",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)\Z")
_AMPERSAND: Final = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_LOST: Final = "\ufffd"
_LONGEST_SIDE: Final = 100_000


def text_of(value: object, limit: int) -> str | None:
    """Return a text, or None where there is none."""
    return field_text(value, limit) if isinstance(value, str) else None


def prose_of(value: object, limit: int) -> str | None:
    """Return what HTML of a few sentences says, as one line of text."""
    return text_of(_INLINE.sub("", value) if isinstance(value, str) else None, limit)


def names_of(values: Iterable[object]) -> tuple[str, ...]:
    """Return the names among some values, each once."""
    names = (text_of(value, NAME_LIMIT) for value in values)
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_NAMES]


def language_of(value: object) -> str | None:
    """Return a language as BCP 47 writes it."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value.strip()):
        return None
    return value.strip().replace("_", "-")


def date_of(value: object) -> str | None:
    """Return a date as ISO 8601, one with an offset in UTC; None where it cannot be read surely."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = value if isinstance(value, str) else f"{value:.0f}"
    date = parse_date_time(text)
    if date is None or _OFFSET.search(date) is None:
        return date
    try:
        return utc_text(moment(date))
    except OverflowError:
        return None


def url_of(value: object, base: str) -> str | None:
    """Return an absolute http or https URL; None, too, where a character of it was lost.

    What is escaped twice is as it was meant: no URL of a page has `&amp;` in it.
    """
    if not isinstance(value, str) or not value.strip() or _LOST in value:
        return None
    return http_url(_AMPERSAND.sub("&", value), base)


def images_of(values: Iterable[tuple[object, object, object]], base: str) -> tuple[FoundImage, ...]:
    """Return images from pairs of URL, width and height, each once."""
    found: dict[str, FoundImage] = {}
    for url, width, height in values:
        address = url_of(url, base)
        if address is not None and address not in found:
            found[address] = FoundImage(address, _side(width), _side(height))
    return tuple(found.values())[:MOST_IMAGES]


def _side(value: Any) -> int | None:
    try:
        side = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return side if 0 < side < _LONGEST_SIDE else None


_VERSION: Final = "jsonfeed.org/version/"
_BEFORE: Final = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # marks of byte order, and zeros of UTF-16


def read_json_feed(body: bytes, url: str) -> Feed | None:
    """Read a JSON Feed; None: it is none.

    Args:
        url: where it came from in the end.
    """
    if not body.lstrip(_BEFORE).startswith(b"{"):
        return None
    try:
        text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff")
        feed = json.loads(text, strict=False)  # control characters in texts are mended later
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or _VERSION not in str(feed.get("version")):
        return None
    items = _list(feed.get("items"))[:MOST_ENTRIES]
    found = [_article(_dict(item), feed, url) for item in items]
    hubs = (url_of(_dict(hub).get("url"), url) for hub in _list(feed.get("hubs")))
    return Feed(
        is_feed=True,
        title=text_of(feed.get("title"), TITLE_LIMIT),
        entries=tuple(article for article in found if article is not None),
        without_url=sum(article is None for article in found),
        hubs=tuple(dict.fromkeys(hub for hub in hubs if hub)),
        topic=url_of(feed.get("feed_url"), url),
    )


def _article(item: dict[str, Any], feed: dict[str, Any], base: str) -> FoundArticle | None:
    # `external_url` is the page that a link blog's item is about.
    url = url_of(item.get("external_url"), base) or url_of(item.get("url"), base)
    if url is None:
        return None
    title = text_of(feed.get("title"), TITLE_LIMIT)
    said = item.get("summary") or item.get("content_text") or item.get("content_html")
    return FoundArticle(
        url=url,
        title=text_of(item.get("title"), TITLE_LIMIT),
        excerpt=prose_of(said, EXCERPT_LIMIT),
        published=date_of(item.get("date_published")),
        modified=date_of(item.get("date_modified")),
        authors=names_of(map(_name, _authors(item) or _authors(feed))),
        provider=title,
        topics=names_of(_list(item.get("tags"))),
        language=language_of(item.get("language")) or language_of(feed.get("language")),
        images=images_of(((item.get(n), None, None) for n in ("image", "banner_image")), base),
        found_in=base,
        found_title=title,
        entry_id=text_of(str(item.get("id") or ""), ID_LIMIT),
    )


def _authors(of: dict[str, Any]) -> list[Any]:
    return _list(of.get("authors")) or [of.get("author")] * ("author" in of)  # 1.1, and 1.0


def _name(author: object) -> object:
    return author.get("name") if isinstance(author, dict) else author


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_MOST: Final = 10


def feeds_of_page(body: bytes, url: str) -> tuple[str, ...]:
    """Return the URLs of `<link rel="alternate">` that lead to feeds, in the page's order.

    `application/json` is not among the types: besides JSON Feeds, interfaces go by it.
    """
    if not body.strip():
        return ()
    page = html.document_fromstring(body, parser=html.HTMLParser(encoding=None))
    bases = page.xpath("//base/@href")
    base = (url_of(str(bases[0]), url) if bases else None) or url
    found: dict[str, None] = {}
    for link in page.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        rels = (link.get("rel") or "").lower().split()
        address = url_of(link.get("href"), base)
        if "alternate" in rels and kind in _TYPES and address is not None:
            found[address] = None
    return tuple(found)[:_MOST]


_LINK: Final = re.compile(r"<([^<>]{1,2083})>((?:\s*;[^,<>]{0,500})*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def links_of_header(fields: Iterable[str], rel: str, base: str) -> tuple[str, ...]:
    """Return the URLs of the links with a relation in the values of Link fields, each once."""
    found: dict[str, None] = {}
    for field in fields:
        for target, parameters in _LINK.findall(field):
            match = _REL.search(parameters)
            rels = (match[1] or match[2] or "").lower().split() if match else []
            if rel in rels and (url := url_of(target, base)):
                found[url] = None
    return tuple(found)
