"""How long a text is, and what makes it the same text."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS_PER_MINUTE = 230
CHARACTERS_PER_MINUTE = 500

# Kana, Han, Thai, Lao, Burmese and Khmer: scripts that put no spaces between words.
_UNSPACED = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"(?P<character>[{_UNSPACED}])|[^\W{_UNSPACED}]+")
# What Markdown adds to a text is not part of it: link and image targets, character references.
_TARGET = re.compile(r"\]\(<?[a-z]+://[^()\s]*(?: \"[^\"\n]*\")?\)", re.IGNORECASE)


def words(markdown: str) -> Iterator[str]:
    """The words of a text; a character is a word where a script has no spaces."""
    return (match.group() for match in _matches(markdown))


def _matches(markdown: str) -> Iterator[re.Match[str]]:
    return _WORD.finditer(html.unescape(_TARGET.sub("]", markdown)))


def count_words(markdown: str) -> int:
    """The number of words of a text."""
    return sum(1 for _ in words(markdown))


def reading_minutes(markdown: str) -> int:
    """Whole minutes to read a text, at least 1; 0 for a text without words."""
    spaced = unspaced = 0
    for match in _matches(markdown):
        if match["character"]:
            unspaced += 1
        else:
            spaced += 1
    if not spaced and not unspaced:
        return 0
    return max(1, round(spaced / WORDS_PER_MINUTE + unspaced / CHARACTERS_PER_MINUTE))


def content_hash(markdown: str) -> str | None:
    """SHA-256, in hex, of the words in lower case and Unicode NFC; None without words.

    Equal for texts that differ only in punctuation, spacing, markup or link targets.
    """
    text = " ".join(words(unicodedata.normalize("NFC", markdown).lower()))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text else None


def is_unspaced(character: str) -> bool:
    """Whether a character is of a script that puts no spaces between words."""
    return re.match(f"[{_UNSPACED}]", character) is not None
