"""Authors as readers see them: links with rel=author, and elements called author or byline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extraction.metadata.authors import author_names
from crawler.extraction.metadata.element_text import element_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_MAX_ELEMENTS = 30
_MAX_CLIMB = 100
_MAX_CLASS = 500
_LONGEST = 150
_FULL_NAME = 2  # words
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:article|post|entry)?(?:authors?|bylines?)(?:$|[\s_-])", re.IGNORECASE
)
# Where the names of others stand: comments, teasers and the frame of the page.
_ELSEWHERE = frozenset({"aside", "footer", "nav", "form", "button"})
_LABEL_WORDS = frozenset(
    {"about", "all", "author", "authors", "by", "contact", "follow", "more", "published", "read"}
    | {"share", "staff", "the", "updated", "written", "posts", "your", "image", "photo"}
)


def linked_authors(tree: HtmlElement) -> list[str]:
    """The texts of the first rel=author link and of those beside it (HTML Standard, 4.6.7)."""
    texts: list[str] = []
    parent: HtmlElement | None = None
    for count, link in enumerate(tree.xpath("descendant::a[contains(@rel, 'uthor')]")):
        if count >= _MAX_ELEMENTS or (parent is not None and link.getparent() is not parent):
            break
        if "author" in (link.get("rel") or "").lower().split() and not _is_elsewhere(link):
            parent = link.getparent()
            texts.append(element_text(link))
    return texts


def visible_bylines(tree: HtmlElement) -> list[str]:
    """The names of the first short element called author or byline that holds a full name."""
    named = tree.xpath("descendant::*[contains(@class, 'uthor') or contains(@class, 'yline')]")
    for element in _first(named):
        if not _BYLINE_CLASS.search(element.get("class") or "") or _is_elsewhere(element):
            continue
        text = element_text(element, between="; ")
        names = author_names([text]) if len(text) <= _LONGEST else ()
        if names and _is_full_name(names[0]):
            return list(names)
    return []


def _first(elements: Iterable[HtmlElement]) -> Iterable[HtmlElement]:
    return (element for element, _ in zip(elements, range(_MAX_ELEMENTS), strict=False))


def _is_full_name(name: str) -> bool:
    words = name.split()
    return (
        len(words) >= _FULL_NAME
        and not words[0][0].islower()
        and not words[-1][0].islower()
        and _LABEL_WORDS.isdisjoint(word.casefold() for word in words)
    )


def _is_elsewhere(element: HtmlElement) -> bool:
    for count, around in enumerate(element.iterancestors()):
        if count >= _MAX_CLIMB or around.tag in _ELSEWHERE:
            return True
        if "comment" in (around.get("class") or "")[:_MAX_CLASS].lower():
            # A body element often says only that comments are open or closed.
            return str(around.tag) != "body"
    return "comment" in (element.get("class") or "")[:_MAX_CLASS].lower()
