"""How much of a page is read: beyond it no article is worth what the parsers take.

They need about a kilobyte and 15 microseconds for each element, and libxml2 looks at all earlier
attributes of a tag for each one that it adds. Of 300 pages of news sites none has more than 7,000
tags, 200 attributes on a tag or 100 levels of elements. What goes beyond is cut, and the rest of
the page is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARACTERS: Final = 4 * 1024 * 1024  # of a page
MAX_TEXT: Final = 1_000_000  # characters of what is shown of a page
MAX_TAGS: Final = 20_000  # start and end tags
MAX_ATTRIBUTES: Final = 200  # of one tag
MAX_VALUE: Final = 64 * 1024  # characters of one attribute
MAX_DEPTH: Final = 300
# A page with more tags than this is extracted in one way only: each takes so long.
LARGE_TAGS: Final = 10_000
_MAX_SPANS: Final = 2_000
_KEPT_ATTRIBUTES: Final = 100
_BREAK_BYTES: Final = 64 * 1024

# The HTML standard, section 13.2.5, from "tag name state" to "attribute value states".
_VALUE: Final = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE: Final = rf"[\s/]++[^\s/>][^\s/>=]*+(?:{_VALUE})?+"
_TOO_MANY_ATTRIBUTES: Final = re.compile(
    rf"(<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{{_KEPT_ATTRIBUTES}}})"
    rf"(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES + 1 - _KEPT_ATTRIBUTES},}}+"
)
_EMPTY_LINES: Final = re.compile(r"((?:<br\b[^<>]*>\s*+){2})(?:<br\b[^<>]*>\s*+)++", re.IGNORECASE)
_SPAN: Final = re.compile(r"</?span\b[^<>]*>", re.IGNORECASE)
# Every tag but those of metadata and of paragraphs, which cannot nest.
_NESTING_TAG: Final = re.compile(
    r"</?(?!(?:html|head|body|title|meta|link|script|style|p|br)\b)[a-zA-Z][^<>]*>", re.IGNORECASE
)
_NOT_SHOWN: Final = (
    ("<head>", "</head>"),
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<style", "</style>"),
)
_TOO_DEEP: Final = XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


@dataclass(frozen=True, slots=True)
class BoundedPage:
    """What is read of a page.

    Attributes:
        html: the page, or so much of it as is parsed.
        whole: the page with all its tags.
        cut: what of it is left out altogether, in words; "" if nothing is.
        is_large: whether it has so many tags that it should be walked only once.
    """

    html: str
    whole: str
    cut: str = ""
    is_large: bool = False

    @property
    def is_huge(self) -> bool:
        """Whether it has more tags than are parsed."""
        return len(self.html) < len(self.whole)


def first_bytes(body: bytes) -> bytes:
    """So much of a page as is worth decoding: a little more than `bound_page` leaves of it."""
    if len(body) <= MAX_CHARACTERS + _BREAK_BYTES:
        return body
    body = body[: MAX_CHARACTERS + _BREAK_BYTES]
    # A cut inside a character would speak against its charset; "<" is never such a place.
    end = body.rfind(b"<", MAX_CHARACTERS)
    return body if end < 0 else body[:end]


def bound_page(html: str) -> BoundedPage:
    """Cut a page down, before it is parsed, to what is worth reading.

    Takes time linear in the length of the page. Surplus attributes, comments, empty lines and
    spans go first, since no text goes with them.
    """
    cut = ""
    if len(html) > MAX_CHARACTERS:
        html, cut = html[:MAX_CHARACTERS], f"only the first {MAX_CHARACTERS} characters were read"
    html = _TOO_MANY_ATTRIBUTES.sub(r"\1", _open_comment(html))
    if html.count("<") > LARGE_TAGS:
        html = _EMPTY_LINES.sub(r"\1", _without(html, "<!--", "-->"))
        if html.count("<span") > _MAX_SPANS:
            # trafilatura takes time with the square of their number in a paragraph.
            html = _SPAN.sub("", html)
    return BoundedPage(_first_tags(html), html, cut, html.count("<") > LARGE_TAGS)


def is_too_deep(tree: HtmlElement) -> bool:
    """Whether elements nest deeper than `MAX_DEPTH`: parsers give up, or take ever longer."""
    return bool(_TOO_DEEP(tree))


def flattened(page: BoundedPage) -> BoundedPage:
    """A page with only its metadata, paragraphs and text: one that can be parsed."""
    return replace(bound_page(_NESTING_TAG.sub(" ", page.whole)), cut=page.cut)


def shown_part(page: BoundedPage) -> tuple[str, str]:
    """A page without scripts and styles, up to `MAX_TEXT` characters; and what is cut, in words."""
    html = page.whole
    for start, end in _NOT_SHOWN:
        html = _without(html, start, end)
    if len(html) > MAX_TEXT:
        return _first_tags(html[:MAX_TEXT]), f"only the first {MAX_TEXT} characters were read"
    if html.count("<") > MAX_TAGS:
        return _first_tags(html), f"only the first {MAX_TAGS} tags were read"
    return html, page.cut


def _first_tags(html: str) -> str:
    if html.count("<") <= MAX_TAGS:
        return html
    position = -1
    for _ in range(MAX_TAGS + 1):
        position = html.index("<", position + 1)
    return html[:position]


def _open_comment(html: str) -> str:
    """A page without the start of a comment that never ends, if it would swallow most of it."""
    start = html.find("<!--", html.rfind("-->") + 1)
    if start < 0 or start > len(html) // 2:
        return html
    return html[:start] + html[start:].replace("<!--", "")


def _without(html: str, start: str, end: str) -> str:
    """A page without what stands between two marks, and these."""
    parts = []
    position = 0
    while (opened := html.find(start, position)) >= 0 and (closed := html.find(end, opened)) >= 0:
        parts.append(html[position:opened])
        position = closed + len(end)
    return "".join((*parts, html[position:])) if parts else html


def drop_giant_values(tree: HtmlElement) -> None:
    """Drop, in place, attributes larger than any URL, class or date: images in data URLs."""
    for element in tree.xpath(f"descendant-or-self::*/@*[string-length() > {MAX_VALUE}]/.."):
        for name, value in element.attrib.items():
            if len(value) > MAX_VALUE:
                del element.attrib[name]
