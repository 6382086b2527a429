"""What texts are compared by: their runs of a few words (shingles), and the figures in them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from crawler.extraction.measure import count_characters, words

_WORDS: Final = 5
_CHARACTERS: Final = 10  # of scripts without spaces, about as much as five words
_MOST_READ: Final = 100_000  # characters, some 16,000 words: what a text may cost


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as two sets, in lower case and Unicode NFC, without punctuation, markup and targets.

    Attributes:
        runs: each run of 5 words, or of 10 characters where most words are such.
        figures: each word with a digit.
    """

    runs: frozenset[str]
    figures: frozenset[str]


def wording(markdown: str) -> Wording:
    """Return the wording of a text, of its first 100,000 characters.

    A text that is shorter than a run has none.
    """
    plain = unicodedata.normalize("NFC", markdown[:_MOST_READ]).lower()
    text = list(words(plain))
    size = _CHARACTERS if 2 * count_characters(plain) > len(text) else _WORDS
    runs = map(" ".join, zip(*(text[start:] for start in range(size)), strict=False))
    # Nearly all words are letters only, which is quickly said.
    figures = (word for word in text if not word.isalpha() and any(map(str.isdigit, word)))
    return Wording(frozenset(runs), frozenset(figures))
