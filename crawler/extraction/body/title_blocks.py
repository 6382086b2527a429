"""Takes the title out of a body that begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.extraction.body.blocks import block_text, plain_words

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

# The title is looked for among so many blocks at the start; what precedes it is short.
_TITLE_BLOCKS: Final = 10
_PREAMBLE_CHARACTERS: Final = 300
# Short titles are found in too many headings, and long texts are none.
_LEAST_WORDS: Final = 4
_SHARED_WORDS: Final = 0.75
_TITLE_CHARACTERS: Final = 200

_TITLE_META: Final = frozenset({"og:title", "twitter:title"})
_DESCRIPTION_META: Final = frozenset({"og:description", "twitter:description", "description"})


@dataclass(frozen=True, slots=True)
class Titles:
    """What a page is called and said to be about, each as `plain_words` gives it."""

    titles: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()


def page_titles(tree: HtmlElement) -> Titles:
    """The titles and descriptions of a page; the tree is not changed."""
    titles = {plain_words(element.text_content()) for element in tree.iter("h1", "title")}
    descriptions = set()
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        if name in _TITLE_META:
            titles.add(plain_words(element.get("content") or ""))
        elif name in _DESCRIPTION_META:
            descriptions.add(plain_words(element.get("content") or ""))
    return Titles(frozenset(titles - {""}), frozenset(descriptions - {""}))


def drop_title(body: _Element, titles: Titles) -> None:
    """Drop what repeats the title, and the short labels and bylines before it, in place."""
    preamble: list[_Element] = []
    characters = 0
    for block in body[:_TITLE_BLOCKS]:
        if block.tag == "graphic":
            continue
        text = block_text(block)
        if _is_title(block, plain_words(text), titles):
            for element in (*preamble, block):
                body.remove(element)
            preamble.clear()
            continue
        preamble.append(block)
        characters += len(text)
        if characters > _PREAMBLE_CHARACTERS:
            return


def _is_title(block: _Element, words: str, titles: Titles) -> bool:
    if block.tag == "p":
        return words in titles.titles and len(words) <= _TITLE_CHARACTERS
    return block.tag == "head" and (
        block.get("rend") == "h1"
        or words in titles.titles
        or words in titles.descriptions
        or _resembles_a_title(words, titles)
    )


def _resembles_a_title(words: str, titles: Titles) -> bool:
    """Whether a heading is a title with a kicker before it, or in slightly other words."""
    heading = words.split()
    if len(heading) < _LEAST_WORDS:
        return False
    for title in titles.titles:
        other = title.split()
        if len(other) < _LEAST_WORDS:
            continue
        if f" {title} " in f" {words} " and 2 * len(other) >= len(heading):
            return True
        shared = len(set(heading) & set(other))
        if shared >= _SHARED_WORDS * max(len(set(heading)), len(set(other))):
            return True
    return False
