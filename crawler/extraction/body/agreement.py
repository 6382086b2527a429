"""How much two extractions of a page agree."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from crawler.extraction.measure import words

Shingles: TypeAlias = Counter[tuple[str, ...]]

_SHINGLE_WORDS = 4
# Agreement shows in the beginning of a text; the bag of a long one would take much memory.
_CHARACTERS = 200_000


def shingles(text: str) -> Shingles:
    """The bag of runs of four words of a text, or of its beginning; a shorter text is one run."""
    found = words(text[:_CHARACTERS])
    if len(found) < _SHINGLE_WORDS:
        return Counter([tuple(found)] if found else [])
    return Counter(zip(*(found[start:] for start in range(_SHINGLE_WORDS)), strict=False))


def agreement(one: Shingles, other: Shingles) -> float:
    """The share of two texts that is common to both (Dice coefficient), from 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
