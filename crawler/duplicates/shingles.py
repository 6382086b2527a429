"""A text as the set of its shingles, the overlapping runs of a few words, to be compared by."""

from __future__ import annotations

import unicodedata
from typing import Final

from crawler.extraction.measure import count_characters, words

_WORDS: Final = 5
_CHARACTERS: Final = 10  # of scripts without spaces, about as much as five words


def shingles(markdown: str) -> frozenset[str]:
    """Return the runs of 5 words of a text, or of 10 characters where most words are such.

    In lower case and Unicode NFC; punctuation, markup and link targets do not count. Empty for a
    text that is shorter than one run.
    """
    plain = unicodedata.normalize("NFC", markdown).lower()
    text = list(words(plain))
    size = _CHARACTERS if 2 * count_characters(plain) > len(text) else _WORDS
    return frozenset(map(" ".join, zip(*(text[start:] for start in range(size)), strict=False)))
