"""JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any, Final

from crawler.discover.feeds.feed import (
    EXCERPT_LIMIT,
    ID_LIMIT,
    MOST_ENTRIES,
    TITLE_LIMIT,
    Feed,
)
from crawler.discover.feeds.values import (
    date_of,
    images_of,
    language_of,
    names_of,
    prose_of,
    text_of,
    url_of,
)
from crawler.discover.found import FoundArticle

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
