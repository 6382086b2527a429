"""Keywords of an article."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from crawler.extraction.metadata.field_text import field_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_KEYWORDS = 100
_MAX_STRINGS = 500
_MAX_STRING = 20_000
_MAX_KEYWORD = 200
# With the commas of CJK texts.
_SEPARATOR = re.compile(r"[,;|\u3001\uff0c\n]")
# Chinese and Japanese words have no space inside, so that one parts two keywords.
_SPACED_CJK = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]+(?:[ \u3000]+[\u3040-\u30ff\u3400-\u9fff]+)+"
)

_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
# Such as source:tagname:Bridges, sub-section:World and autoplay_video.
_MACHINE = re.compile(r"^\s*(?:\w+:\w+:|[a-z]+(?:-[a-z]+)+:\S)|\w_\w")
_MAX_WORDS = 9  # more are a headline
_COUNT = re.compile(r"^\(\d{1,4}\)\s*|^#\s?")  # of a tag cloud; the sign of hashtags
# "Subject: Justice" among "Day: Friday" and "Page Type: Article": a taxonomy, written flat.
_LABELLED = re.compile(r"([A-Za-z][A-Za-z ]{1,30}): ?(\S.*)")
_TOPIC_LABELS = frozenset({"subject", "topic", "tag", "keyword", "category", "theme"})


def keyword_list(strings: Iterable[str], unwanted: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The keywords in the strings, in order, at most 100, without repeats in any case.

    Strings are split at commas, semicolons and bars. URLs, UUIDs, identifiers and what has no
    letter are machine data and dropped, and so are sentences and the labels of a taxonomy that
    is written flat.

    Args:
        strings: raw values, each a keyword or a list of keywords.
        unwanted: the `letters` of what is no keyword here: the names of the site.
    """
    keywords: dict[str, str] = {}
    for part in _without_labels(_parts(strings)):
        if len(keywords) >= MAX_KEYWORDS:
            break
        text = field_text(_COUNT.sub("", part), _MAX_KEYWORD)
        if text and letters(text) not in unwanted:
            keywords.setdefault(text.casefold(), text)
    return tuple(keywords.values())


def letters(text: str) -> str:
    """The letters and digits of a name, by which two spellings of it are compared."""
    return "".join(filter(str.isalnum, text.casefold()))


def _parts(strings: Iterable[str]) -> list[str]:
    parts: list[str] = []
    for raw, _ in zip(strings, range(_MAX_STRINGS), strict=False):
        text = html.unescape(raw[:_MAX_STRING]).strip()
        if _SPACED_CJK.fullmatch(text):
            text = ",".join(text.split())
        parts.extend(part.strip() for part in _SEPARATOR.split(text) if _is_keyword(part))
    return parts


def _is_keyword(part: str) -> bool:
    return (
        "://" not in part
        and any(character.isalpha() for character in part)
        and not _UUID.fullmatch(part.strip())
        and not _MACHINE.search(part)
        and len(part.split()) <= _MAX_WORDS
    )


def _without_labels(parts: Sequence[str]) -> list[str]:
    labelled = [_LABELLED.fullmatch(part) for part in parts]
    labels = [match[1].lower() if match else "" for match in labelled]
    if _TOPIC_LABELS.isdisjoint(labels):
        return list(parts)  # "Star Wars: Andor"
    return [
        match[2] if match else part
        for part, match, label in zip(parts, labelled, labels, strict=True)
        if not match or label in _TOPIC_LABELS
    ]
