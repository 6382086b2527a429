"""Feeds that a page names (https://html.spec.whatwg.org/multipage/links.html#rel-alternate)."""

from __future__ import annotations

from typing import Final

from lxml import html

from crawler.discover.feeds.values import url_of

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
