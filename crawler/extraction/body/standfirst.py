"""Finds the standfirst of an article: the sentences between its title and its first paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.extraction.body.blocks import plain_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.extraction.body.title_blocks import Titles

# Shorter ones are subtitles, and belong to the title.
_LEAST_CHARACTERS: Final = 100
_MOST_CHARACTERS: Final = 800
_OPENING_CHARACTERS: Final = 60
_HOLDERS: Final = ("p", "div", "h2", "h3", "span", "strong", "li")
_MOST_CHILDREN: Final = 3
_SENTENCE_ENDS: Final = tuple('.!?…。！？।؟"”“»')  # noqa: RUF001 - the marks of any script


def find_standfirst(tree: HtmlElement, titles: Titles, opening: str) -> str | None:
    """The text of the element that says, in sentences, what the page's description says.

    Args:
        tree: the page; it is not changed.
        titles: the page's titles and descriptions.
        opening: the first words of the article, as `plain_words` gives them; what they hold
            already is not looked for.
    """
    wanted = {
        text
        for text in titles.descriptions
        if len(text) >= _LEAST_CHARACTERS and text[:_OPENING_CHARACTERS] not in opening
    }
    if not wanted:
        return None
    starts = tuple({text.partition(" ")[0] for text in wanted})
    for element in tree.iter(*_HOLDERS):
        if len(element) > _MOST_CHILDREN:
            continue
        first = next((text for text in element.itertext() if not text.isspace()), "")
        if not plain_words(first[:_OPENING_CHARACTERS]).startswith(starts):
            continue
        text = " ".join("".join(element.itertext()).split())
        if (
            len(text) <= _MOST_CHARACTERS
            and text.endswith(_SENTENCE_ENDS)
            and plain_words(text) in wanted
        ):
            return text
    return None
