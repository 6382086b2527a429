"""How much markup a page may have: beyond it no article is worth what the parsers take.

They need about a kilobyte and 15 microseconds for each element, and libxml2 looks at all earlier
attributes of a tag for each one that it adds. Pages of news sites have some thousand tags and
some dozen attributes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_TAGS: Final = 60_000  # start and end tags
MAX_ATTRIBUTES: Final = 2_000  # of one tag
MAX_VALUE: Final = 64 * 1024  # characters of one attribute

# The HTML standard, section 13.2.5, from "tag name state" to "attribute value states".
_VALUE: Final = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE: Final = rf"[\s/]++[^\s/>][^\s/>=]*+(?:{_VALUE})?+"
_TOO_MANY_ATTRIBUTES: Final = re.compile(
    rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES + 1}}}"
)


class PageTooLargeError(ValueError):
    """A page has more markup than is worth reading; the message says which."""


def check_markup(html: str) -> None:
    """Look at a page before it is parsed.

    Raises:
        PageTooLargeError: it has too many tags, or a tag has too many attributes.
    """
    if html.count("<") > MAX_TAGS:
        raise PageTooLargeError(f"more than {MAX_TAGS} tags")
    if _TOO_MANY_ATTRIBUTES.search(html):
        raise PageTooLargeError(f"more than {MAX_ATTRIBUTES} attributes on a tag")


def drop_giant_values(tree: HtmlElement) -> None:
    """Drop, in place, attributes larger than any URL, class or date: images in data URLs."""
    for element in tree.xpath(f"descendant-or-self::*[@*[string-length() > {MAX_VALUE}]]"):
        for name, value in element.attrib.items():
            if len(value) > MAX_VALUE:
                del element.attrib[name]
