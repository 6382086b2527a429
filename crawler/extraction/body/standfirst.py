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
_SENTENCE_ENDS: Final = tuple(".!?…。！？।؟\"”“»")  # noqa: RUF001


def find_standfirst(tree: HtmlElement, titles: Titles) -> str | None:
    """The text of the element that says, in sentences, what the page's description says.

    None if the page shows its description nowhere. The tree is not changed.
    """
    wanted = {text for text in titles.descriptions if len(text) >= _LEAST_CHARACTERS}
    if not wanted:
        return None
    for element in tree.iter("p", "div", "h2", "h3", "span", "strong", "li"):
        if len(element) > 3:
            continue
        text = " ".join("".join(element.itertext()).split())
        if _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS and text.endswith(_SENTENCE_ENDS) and plain_words(text) in wanted:
            return text
    return None
