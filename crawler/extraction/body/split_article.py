"""Joins an article that its page has cut into several boxes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_BOXES = frozenset({"div", "section"})
# Boxes of comments or teasers hold less prose each than the pieces of an article.
_PIECE_CHARACTERS = 400
# The later pieces of an article have none of these; articles after one another do.
_ARTICLE_STARTS = ("h1", "time", "article")

# How many wrappers a piece may have that the other pieces do not share.
_MAX_WRAPPERS: Final = 5

_Key = tuple[object, ...]


def join_split_article(tree: HtmlElement) -> None:
    """Move the later pieces of an article into its first one, in place.

    Pages put advertisements between the pieces of an article: boxes of one class, each with
    paragraphs, alone in wrappers of one class. Extraction takes the first box that looks like an
    article, and would lose the others.
    """
    prose: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        box = paragraph.getparent()
        if box is not None:
            prose[box] = prose.get(box, 0) + len(paragraph.text_content())
    half = sum(prose.values()) / 2
    pieces = [
        box
        for box, characters in prose.items()
        if characters >= _PIECE_CHARACTERS and box.tag in _BOXES
    ]
    for family in _families(pieces):
        first, *others = family
        if sum(prose[box] for box in family) > half and not any(
            _starts_an_article(box) for box in others
        ):
            for box in others:
                first.extend(list(box))
            return


def _families(pieces: list[HtmlElement]) -> Iterator[list[HtmlElement]]:
    """Boxes that look alike, as do their wrappers up to one that holds them all; nearest first."""
    paths = [(box, _looks(box)) for box in pieces]
    for depth in range(1, _MAX_WRAPPERS + 1):
        families: dict[_Key, list[HtmlElement]] = {}
        for box, path in paths:
            if len(path) > depth:
                looks = tuple(look for _, look in path[:depth])
                families.setdefault((path[depth][0], looks), []).append(box)
        yield from (family for family in families.values() if len(family) > 1)


def _looks(box: HtmlElement) -> list[tuple[HtmlElement, tuple[object, object]]]:
    wrappers = [box, *islice(box.iterancestors(), _MAX_WRAPPERS)]
    return [(element, (element.tag, element.get("class"))) for element in wrappers]


def _starts_an_article(box: HtmlElement) -> bool:
    return next(box.iter(*_ARTICLE_STARTS), None) is not None
