"""How long a text is, and what makes it the same text."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

WORDS_PER_MINUTE = 230
CHARACTERS_PER_MINUTE = 500

# Kana, Han, Thai, Lao, Burmese and Khmer: scripts that put no spaces between words.
_UNSPACED = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# What Markdown adds to a text is not part of it: link and image targets, character references.
_TARGET = re.compile(r"\]\(<?[a-z]+://[^()\s]*(?: \"[^\"\n]*\")?\)", re.IGNORECASE)


def words(markdown: str) -> list[str]:
    """The words of a text; a character is a word where a script has no spaces."""
    return _WORD.findall(_without_markup(markdown))


def _without_markup(markdown: str) -> str:
    return html.unescape(_TARGET.sub("]", markdown))


def count_characters(text: str) -> int:
    """The number of characters of scripts that put no spaces between words."""
    return len(_CHARACTER.findall(text))


def count_words(markdown: str) -> int:
    """The number of words of a text."""
    return len(words(markdown))


def reading_minutes(markdown: str) -> int:
    """Whole minutes to read a text, at least 1; 0 for a text without words."""
    unspaced = len(_CHARACTER.findall(_without_markup(markdown)))
    spaced = count_words(markdown) - unspaced
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
