"""The tags that readers see under an article: links with rel=tag, and those of a box of tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.metadata.element_text import element_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_MAX_LINKS: Final = 500
_MAX_CLIMB: Final = 50
_MAX_TAGS: Final = 30  # of one box; longer lists are menus
_MAX_WORDS: Final = 7  # of one tag; longer texts are headlines
_MAX_AROUND: Final = 60  # characters of a box that are no link: "More on:"
_MAX_ATTRIBUTE: Final = 500
_LEVELS: Final = 3  # from a link up to the element that says what its box is

_LINKS: Final = XPath(
    "descendant::h1 | descendant::a[@href and (contains(@rel, 'tag')"
    + "".join(f" or contains(@href, '/{word}')" for word in ("tag", "topic", "them", "tema"))
    + " or ancestor-or-self::*[position() <= 4]/@*[name() != 'href' and name() != 'style'"
    " and (contains(., 'tag') or contains(., 'Tag') or contains(., 'opic') or contains(., 'eyword')"
    " or contains(., 'abel'))])]"
)
# Words of class names, ids and data attributes, also in camel case, in the languages of the web.
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES: Final = frozenset(
    {"tag", "tags", "hashtag", "hashtags", "keyword", "keywords", "topic", "topics", "etiquetas"}
    | {"themen", "schlagworte", "temas", "labels", "taglist", "tagcloud", "tagbox"}
)
_PATH: Final = re.compile(
    r"/(?:tags?|topics?|hashtags?|keywords?|themen?|themes?|temas?|etiquetas?|sujets?|argomenti"
    r"|onderwerp(?:en)?|emne|tagi?)/[^/?#]",
    re.IGNORECASE,
)
_FRAME: Final = frozenset({"nav", "form"})
_PARTS: Final = frozenset({"header", "footer"})  # of the page, unless inside of the article
_CONTENT: Final = frozenset({"article", "main"})


def tag_links(tree: HtmlElement) -> list[str]:
    """The texts of the first box of tags below the headline; empty where there is none."""
    boxes: dict[HtmlElement, list[str]] = {}
    is_below = not tree.xpath("boolean(descendant::h1)")
    for link, _ in zip(_LINKS(tree), range(_MAX_LINKS), strict=False):
        if link.tag == "h1":
            is_below = True
        elif is_below and _is_tag(link) and not _is_of_the_frame(link):
            boxes.setdefault(_box(link), []).append(element_text(link))
    return next((tags for box, tags in boxes.items() if _is_box(box, tags)), [])


def _is_tag(link: HtmlElement) -> bool:
    rels = (link.get("rel") or "").lower().split()
    if "tag" in rels:
        return "category" not in rels  # WordPress's sections
    return _PATH.search(link.get("href") or "") is not None or _is_named_so(link)


def _is_named_so(link: HtmlElement) -> bool:
    element: HtmlElement | None = link
    for _ in range(_LEVELS + 1):
        if element is None:
            return False
        values = (
            value[:_MAX_ATTRIBUTE]
            for name, value in element.items()
            if name in {"class", "id"} or name.startswith("data-")
        )
        if any(not _NAMES.isdisjoint(_words(value)) for value in values):
            return True
        element = element.getparent()
    return False


def _words(value: str) -> Iterable[str]:
    return (word.lower() for word in _WORD.findall(value))


def _box(link: HtmlElement) -> HtmlElement:
    """The element around the links that stand together, which may each be in a list item."""
    element = link
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or len(parent) > 1:
            return element if parent is None else parent
        element = parent
    return element


def _is_box(box: HtmlElement, tags: list[str]) -> bool:
    if len(tags) > _MAX_TAGS or not all(0 < len(tag.split()) <= _MAX_WORDS for tag in tags):
        return False
    return len(element_text(box)) <= len(" ".join(tags)) + _MAX_AROUND


def _is_of_the_frame(link: HtmlElement) -> bool:
    is_part = False
    for count, around in enumerate(link.iterancestors()):
        if around.tag in _FRAME or count >= _MAX_CLIMB:
            return True
        if around.tag in _CONTENT:
            return False
        is_part = is_part or around.tag in _PARTS
    return is_part
