"""Texts as people compare them: without case, punctuation, accents of typing and spacing."""

from __future__ import annotations

import unicodedata
from html import unescape

from crawler.extraction.measure import words


def word_list(text: str) -> list[str]:
    """Return the words in folded case; a character is a word where a script has no spaces."""
    return list(words(unicodedata.normalize("NFKC", unescape(text)).casefold()))


def letters(text: str) -> str:
    """Return the words as one string, so that "U.S." is "US" and "Al Jazeera" "aljazeera"."""
    return "".join(word_list(text))


def is_run_of(part: list[str], whole: list[str]) -> bool:
    """Whether the words of one text stand in a row in the other one."""
    count = len(part)
    return any(whole[start : start + count] == part for start in range(len(whole) - count + 1))
