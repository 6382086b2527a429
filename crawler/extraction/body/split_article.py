"""Joins an article that its page has cut into several boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BOXES = frozenset({"div", "section"})
# Boxes of comments or teasers hold less prose each than the pieces of an article.
_PIECE_CHARACTERS = 400
# The later pieces of an article have none of these; articles after one another do.
_ARTICLE_STARTS = ("h1", "time", "article")

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
    families: dict[_Key, list[HtmlElement]] = {}
    for box, characters in prose.items():
        wrapper = box.getparent()
        if characters >= _PIECE_CHARACTERS and box.tag in _BOXES and wrapper is not None:
            looks = (box.tag, box.get("class"), wrapper.tag, wrapper.get("class"))
            families.setdefault((wrapper.getparent(), *looks), []).append(box)
    half = sum(prose.values()) / 2
    for family in families.values():
        if len(family) > 1 and sum(prose[box] for box in family) > half:
            first, *others = family
            if not any(_starts_an_article(box) for box in others):
                for box in others:
                    first.extend(list(box))


def _starts_an_article(box: HtmlElement) -> bool:
    return next(box.iter(*_ARTICLE_STARTS), None) is not None
