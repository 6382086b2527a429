"""Authors as readers see them: linked, in an element that is called so, or as a signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.metadata.authors import author_names
from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.person_names import (
    is_full_name,
    is_like_a_name,
    is_name_without_spaces,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_MAX_ELEMENTS: Final = 30
_MAX_CLIMB: Final = 100
_MAX_CLASS: Final = 500
_LONGEST: Final = 150

_NAMED: Final = XPath(
    "descendant::*/@class[contains(., 'utho') or contains(., 'utor')"
    " or contains(., 'uteur') or contains(., 'yline')]/.."
)
_RIGHT: Final = XPath("descendant::p[@align='right' or contains(@style, 'right')]")
_LABELS: Final = ("作者", "记者", "記者", "责编", "编辑", "編輯")
_LABELLED: Final = XPath(
    f"descendant::text()[{' or '.join(f'contains(., {label!r})' for label in _LABELS)}]",
    smart_strings=False,
)
_HAN_NAME: Final = "[㐀-鿿]{2,4}"
# Author, reporter, editor in charge; the last is often the only name that is given.
_SIGNED: Final = re.compile(
    rf"(?:{'|'.join(_LABELS)})\s?[:\uff1a]\s?"
    rf"(?P<names>{_HAN_NAME}(?:[\u3001\uff0c\s]{_HAN_NAME})*)(?![\u3400-\u9fff])"
)
_CLASS_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+")
_CALLED_SO: Final = frozenset(
    {"author", "authors", "byline", "bylines", "autor", "autore", "autores", "autoren", "auteur"}
    | {"auteurs", "articleauthor", "postauthor", "entryauthor"}
)
# What else a class says of an element that only tells of an author.
_OTHERWISE: Final = frozenset(
    {"bio", "avatar", "image", "img", "photo", "social", "follow", "about"}
)
# Where the names of others stand: comments, teasers and the frame of the page.
_ELSEWHERE: Final = frozenset({"aside", "footer", "nav", "form", "button", "figure", "figcaption"})


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
    for element in _first(_NAMED(tree)):
        if not _is_called_so(element) or _is_elsewhere(element):
            continue
        text = element_text(element, between="; ")
        names = author_names([text]) if len(text) <= _LONGEST else ()
        if not names or not all(map(is_like_a_name, names)):
            names = _linked_names(element) or names
        if names and (is_full_name(names[0]) or is_name_without_spaces(names[0])):
            return list(names)
    return []


def _linked_names(element: HtmlElement) -> tuple[str, ...]:
    """The names that are links in a byline, and not the words around them."""
    texts = [element_text(link) for link in _first(element.iter("a"))]
    return tuple(
        name for name in author_names(texts) if is_like_a_name(name) or is_name_without_spaces(name)
    )


def signatures(tree: HtmlElement, *, is_chinese: bool = False) -> list[str]:
    """The name that is set right as the last line of an article, or labelled there in Chinese."""
    texts = (
        element_text(element) for element in _first(_RIGHT(tree)) if not _is_elsewhere(element)
    )
    if name := next((text for text in texts if is_like_a_name(text)), None):
        return [name]
    if not is_chinese:
        return []
    labelled = (str(text)[:_LONGEST] for text in _LABELLED(tree)[:_MAX_ELEMENTS])
    match = next((match for text in labelled if (match := _SIGNED.search(text))), None)
    return re.findall(_HAN_NAME, match["names"]) if match else []


def _first(elements: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    return (element for element, _ in zip(elements, range(_MAX_ELEMENTS), strict=False))


def _is_called_so(element: HtmlElement) -> bool:
    for name in (element.get("class") or "")[:_MAX_CLASS].split():
        words = {word.lower() for word in _CLASS_WORD.findall(name)}
        if not _CALLED_SO.isdisjoint(words) and _OTHERWISE.isdisjoint(words):
            return True
    return False


def _is_elsewhere(element: HtmlElement) -> bool:
    for count, around in enumerate(element.iterancestors()):
        if count >= _MAX_CLIMB or around.tag in _ELSEWHERE:
            return True
        if "comment" in (around.get("class") or "")[:_MAX_CLASS].lower():
            # A body element often says only that comments are open or closed.
            return str(around.tag) != "body"
    return "comment" in (element.get("class") or "")[:_MAX_CLASS].lower()
