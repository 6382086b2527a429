"""The tags that readers see under an article: links with rel=tag, and those of a box of tags."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.element_text import element_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_MAX_LINKS: Final = 1_000
_MAX_CANDIDATES: Final = 200  # links that may be tags
_MAX_BOXES: Final = 20
_MAX_CLIMB: Final = 50
_MAX_TAGS: Final = 30  # of one box; longer lists are menus
_MAX_WORDS: Final = 7  # of one tag; longer texts are headlines
_MAX_AROUND: Final = 60  # characters of a box that are no link: "More on:"
_MAX_ATTRIBUTE: Final = 500
_LEVELS: Final = 3  # from a link up to the element that says what its box is

# Words of class names, ids and data attributes, also in camel case, in the languages of the web.
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES: Final = frozenset(
    {"tag", "tags", "hashtag", "hashtags", "keyword", "keywords", "topic", "topics", "etiquetas"}
    | {"themen", "schlagworte", "temas", "labels", "taglist", "tagcloud", "tagbox"}
)
_HINT: Final = re.compile("[Tt]ag|[Tt]opic|[Kk]eyword|[Tt]hem|[Tt]ema|etiq|[Ll]abel|chlagw|TAG")
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
    links: list[HtmlElement] = []
    named: dict[HtmlElement, bool] = {}
    is_below = next(tree.iter("h1"), None) is None
    for element, _ in zip(tree.iter("h1", "a"), range(_MAX_LINKS), strict=False):
        if element.tag == "h1":
            is_below = True
        elif is_below and _is_tag(element, named) and not _is_of_the_frame(element):
            links.append(element)
    boxes = islice(_boxes(links[:_MAX_CANDIDATES]).items(), _MAX_BOXES)
    return next((tags for box, tags in boxes if _is_box(box, tags)), [])


def _is_tag(link: HtmlElement, named: dict[HtmlElement, bool]) -> bool:
    href, rel = link.get("href"), link.get("rel")
    if not href:
        return False
    if rel and "tag" in (rels := rel.lower().split()):
        return "category" not in rels  # WordPress's sections
    return _PATH.search(href) is not None or _is_in_named(link, named)


def _is_in_named(link: HtmlElement, named: dict[HtmlElement, bool]) -> bool:
    """Whether a link or an element closely around it is called tags; `named` remembers."""
    element: HtmlElement | None = link
    for _ in range(_LEVELS + 1):
        if element is None:
            return False
        if element not in named:
            named[element] = any(
                not _NAMES.isdisjoint(_words(value[:_MAX_ATTRIBUTE]))
                for name, value in element.items()
                if (name in {"class", "id"} or name.startswith("data-")) and _HINT.search(value)
            )
        if named[element]:
            return True
        element = element.getparent()
    return False


def _words(value: str) -> Iterable[str]:
    return (word.lower() for word in _WORD.findall(value))


def _boxes(links: Iterable[HtmlElement]) -> dict[HtmlElement, list[str]]:
    """The texts of the links by the element around each and its next neighbours."""
    around = {link: list(islice(link.iterancestors(), _LEVELS)) for link in links}
    counts = Counter(element for elements in around.values() for element in elements)
    boxes: dict[HtmlElement, list[str]] = {}
    for link, elements in around.items():
        box = next((element for element in elements if counts[element] > 1), None)
        boxes.setdefault(elements[0] if box is None else box, []).append(element_text(link))
    return boxes


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
