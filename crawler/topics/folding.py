"""Texts and keywords in the one form in which they are compared, and where words begin and end."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final

from crawler.extraction.measure import is_unspaced

_SPACES: Final = re.compile(r"[\s_\u00ad\u2010-\u2015\u2212-]+")
_APOSTROPHES: Final = re.compile("[\u2018\u2019\u02bc\uff07]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
# An escape stands for its character; marks and the targets of links are not text.
_MARKUP: Final = re.compile(
    r"""\\([^\w\s])|\]\([^()\s]*(?:[ ]"[^"\n]*")?\)|[*`\[\]]|~~+""",
)


def fold(text: str) -> str:
    """Return a text in folded case and NFKC; dashes and white space are one space."""
    # Case folding undoes NFKC in few characters (Unicode 3.13, D146).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SPACES.sub(" ", _APOSTROPHES.sub("'", folded)).strip()


def text_of_markdown(markdown: str) -> str:
    """Return the text that a Markdown of ours shows, near enough to look for words in it."""
    return unescape(_MARKUP.sub(lambda match: match[1] or "", markdown))


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word of a folded text is cut at the start or end of this part of it.

    Scripts without spaces have no such places, so that any will do but one between a letter and
    its marks. Korean words take endings.
    """
    if start > 0 and _continues(text[start - 1], text[start]):
        return False
    if end >= len(text):
        return True
    last, following = text[end - 1], text[end]
    if unicodedata.category(following).startswith("M"):
        return False
    takes_ending = end - start > 1 and _HANGUL.match(last) and _HANGUL.match(following)
    return bool(takes_ending) or not _continues(last, following)


def _continues(before: str, after: str) -> bool:
    is_spaced = not (is_unspaced(before) or is_unspaced(after))
    return is_spaced and _is_of_word(before) and _is_of_word(after)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
