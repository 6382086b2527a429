"""The page's other addresses: canonical, AMP, and the next page of an article that goes on.

`rel=next` (HTML, "Link types") leads from a page of an article to the next one, and on many sites
from an article to the next article. So a link counts only where its URL is that of this article
with a page number that is one higher.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.sanitize import http_url
from crawler.urls.pagination import MAX_PAGE, PAGE_WORDS, PageNumber, page_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.markup import Markup


_MAX_LINKS: Final = 5_000
_MAX_CANDIDATES: Final = 20
_FIRST: Final = PageNumber(1)
# An article is not joined from its middle on: the page in hand has no number of another page.
_BEGINS: Final = (None, _FIRST)
_MAX_TEXTS: Final = 5  # of one link of a pagination
_MAX_TEXT: Final = 60  # characters
# What a link of a pagination shows: the number, perhaps with the word for a page.
_NUMBER_TEXT: Final = re.compile(rf"\s*(?:{PAGE_WORDS}\s*)?([0-9]{{1,2}})\s*", re.IGNORECASE)


def next_page_url(
    tree: HtmlElement, markup: Markup, canonical: str | None = None, *, first: str = ""
) -> str | None:
    """Return the URL of the article's next page, or None.

    A link with `rel=next`, or one that shows the next page's number, as a pagination does. Where
    the URL does not say itself that its number is a page's ("/story-2.html" may be another story),
    there must be one that shows it.

    Args:
        tree: the parsed page; it is not changed.
        canonical: the page's canonical URL.
        first: the URL of the article's first page, if this is a further one.
    """
    this = page_number(markup.url, first) if first else _FIRST
    if this is None or this.number >= MAX_PAGE:
        return None
    number = this.number + 1
    declared = [href for href in markup.links.get("next", ()) if href]
    shown: list[str] = []
    for href, rel, is_number in _links(tree, number):
        if rel:
            declared.append(href)
        if is_number:
            shown.append(href)
    numbered = _addresses(shown, markup.base)
    firsts = [first] if first else [markup.url, *filter(None, [canonical])]
    for address in _addresses([*declared, *shown], markup.base):
        for one in firsts:
            page = page_number(address, one)
            if page is None or page.number != number:
                continue
            if page.is_named or address in numbered:
                is_begun = first or page_number(markup.url, one) in _BEGINS
                return address if is_begun else None
    return None


def _links(tree: HtmlElement, number: int) -> Iterator[tuple[str, bool, bool]]:
    """The links that may lead to a page of this number: href, has rel=next, shows the number."""
    digits = str(number)
    has_number = re.compile(f"(?<![0-9]){number}(?![0-9])").search
    for link in islice(tree.iter("a"), _MAX_LINKS):
        href = link.get("href")
        if not href or digits not in href or not has_number(href):
            continue
        is_next = "next" in (link.get("rel") or "").lower().split()
        text = _NUMBER_TEXT.fullmatch("".join(islice(link.itertext(), _MAX_TEXTS))[:_MAX_TEXT])
        is_number = text is not None and text[1] == digits
        if is_next or is_number:
            yield href, is_next, is_number


def _addresses(hrefs: list[str], base: str) -> list[str]:
    addresses = (http_url(href, base) for href in hrefs[:_MAX_CANDIDATES])
    return [address.partition("#")[0] for address in addresses if address]


def canonical_url(hrefs: Iterable[str], base: str, page: str) -> str | None:
    """The first address that can be this page's; RFC 6596.

    Args:
        hrefs: raw values in order of trust.
        base: what relative ones are resolved against.
        page: the page's own URL. A front page as the canonical of a deeper page is a template's
            mistake and not believed.
    """
    for href in hrefs:
        address = http_url(href, base)
        if address and (_is_deep(address) or not _is_deep(page)):
            return address
    return None


def amp_url(hrefs: Iterable[str], base: str) -> str | None:
    """The first usable `rel=amphtml` address."""
    return next((address for href in hrefs if (address := http_url(href, base))), None)


def _is_deep(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.path.strip("/") or parts.query)
