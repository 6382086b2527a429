"""Whether two titles are one: without case, punctuation, accents of typing and a site's name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING, Final

from crawler.extraction.article import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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


_LIMIT: Final = 500  # characters that are looked at
# Dashes, dots and angle quotes between spaces; bars always.
_SEPARATOR: Final = re.compile(r"\s+[|\-\u2013\u2014\u00b7\u2022\u00bb\u00ab:]+\s+|\s*[|\uff5c]\s*")
# Before a title, a site's name often ends in a colon.
_NAME_SEPARATOR: Final = re.compile(rf"{_SEPARATOR.pattern}|:\s+|\s+[|\-\u2013\u2014]+\Z")
_CUT_OFF: Final = re.compile(r"\s*(?:\u2026|\.\.\.)\s*\Z")
# A shortened title must still say something; in scripts without spaces a word is a character.
_FEWEST_WORDS: Final = 3
_FEWEST_LETTERS: Final = 12
_FEWEST_CHARACTERS_UNSPACED: Final = 6
_ALIKE: Final = 0.8  # Dice's coefficient of the words


def titles_agree(one: str, other: str, site_names: Iterable[str] = ()) -> bool:
    """Whether two titles are the same but for spelling, a site's name, or a cut.

    They also agree where few words differ, as headlines are touched up; not if a number does.

    Args:
        site_names: what may stand before or after a title, behind a separator.
    """
    one, other = one[:_LIMIT], other[:_LIMIT]
    names = {letters(name) for name in site_names} - {""}
    bare_one, bare_other = _without_names(one, names), _without_names(other, names)
    return (
        letters(bare_one) == letters(bare_other)
        or letters(other) in set(map(letters, _beginnings(one)))
        or letters(one) in set(map(letters, _beginnings(other)))
        or _is_cut_of(bare_one, bare_other)
        or _is_cut_of(bare_other, bare_one)
        or _are_alike(word_list(bare_one), word_list(bare_other))
    )


def _without_names(title: str, names: set[str]) -> str:
    names = names | {""}  # what is behind a last separator
    parts = _NAME_SEPARATOR.split(title)
    while len(parts) > 1 and letters(parts[-1]) in names:
        parts.pop()
    while len(parts) > 1 and letters(parts[0]) in names:
        parts.pop(0)
    return " | ".join(parts)


def _beginnings(title: str) -> Iterator[str]:
    """The title, and what stands before each of its separators."""
    yield title
    for separator in _SEPARATOR.finditer(title):
        if title[: separator.start()].strip():
            yield title[: separator.start()]


def _is_cut_of(short: str, whole: str) -> bool:
    cut = _CUT_OFF.search(short)
    if cut is not None:  # perhaps within a word
        start = letters(short[: cut.start()])
        return len(start) >= _FEWEST_LETTERS and letters(whole).startswith(start)
    words = word_list(short)
    count = sum(map(len, words))
    is_unspaced = count == len(words)
    says_enough = (
        count >= _FEWEST_CHARACTERS_UNSPACED
        if is_unspaced
        else len(words) >= _FEWEST_WORDS and count >= _FEWEST_LETTERS
    )
    return says_enough and is_run_of(words, word_list(whole))


def _are_alike(one: list[str], other: list[str]) -> bool:
    counts, others = Counter(one), Counter(other)
    if _numbers(counts) != _numbers(others):
        return False
    shared = (counts & others).total()
    return 2 * shared >= _ALIKE * (len(one) + len(other)) > 0


def _numbers(words: Counter[str]) -> dict[str, int]:
    return {word: count for word, count in words.items() if word.isdigit()}
