"""Keywords of an article."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from crawler.extraction.metadata.field_text import field_text

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_KEYWORDS = 100
_MAX_STRINGS = 500
_MAX_STRING = 20_000
_MAX_KEYWORD = 200
# With the commas of CJK texts.
_SEPARATOR = re.compile(r"[,;|\u3001\uff0c\n]")

_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def keyword_list(strings: Iterable[str]) -> tuple[str, ...]:
    """The keywords in the strings, in order, at most 100, without repeats in any case.

    Strings are split at commas, semicolons and bars. URLs, UUIDs and what has no letter are
    machine data and dropped.
    """
    keywords: dict[str, str] = {}
    for count, raw in enumerate(strings):
        if count >= _MAX_STRINGS or len(keywords) >= MAX_KEYWORDS:
            break
        for part in _SEPARATOR.split(html.unescape(raw[:_MAX_STRING])):
            if len(keywords) >= MAX_KEYWORDS:
                break
            if _is_keyword(part) and (text := field_text(part, _MAX_KEYWORD)):
                keywords.setdefault(text.casefold(), text)
    return tuple(keywords.values())


def _is_keyword(part: str) -> bool:
    return (
        "://" not in part
        and any(character.isalpha() for character in part)
        and not _UUID.fullmatch(part.strip())
    )
