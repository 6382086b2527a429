"""What a page declares itself to be, how long its article is, and whether it is free."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.field_text import JSON_LD, OPEN_GRAPH, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extraction.metadata.field_text import Candidate
    from crawler.extraction.metadata.json_ld import Node


_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
# The values of the meta tag article:content_tier; a metered article is not free to everybody.
_TIERS = {"free": True, "metered": False, "locked": False}


def free_flag(value: str) -> bool | None:
    """A schema.org Boolean: true or false in any case, also as https://schema.org/True."""
    word = value.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def free_tier(value: str) -> bool | None:
    """The meaning of `article:content_tier`: free, metered or locked."""
    return _TIERS.get(value.strip().lower())


MAX_TYPES: Final = 10
_MAX_WORDS: Final = 1_000_000
# schema.org type names, and Open Graph types such as "video.episode".
_TYPE: Final = re.compile(r"[a-z][a-z0-9._]{1,39}")
_COUNT: Final = re.compile(r"\s*(\d{1,7})(?:\.0*)?\s*")


def page_types(nodes: Iterable[Node], og_types: Iterable[str]) -> Found[tuple[str, ...]]:
    """Lower-case types of the page's own nodes, the best node's first, then its og:type.

    At most 10, each once: ("liveblogposting", "newsarticle", "webpage", "article").
    The origin is that of the first.
    """
    origins: dict[str, str] = {}
    for name in (name for node in nodes for name in sorted(node.types)):
        origins.setdefault(name, JSON_LD)
    for name in og_types:
        origins.setdefault(name.strip().lower(), OPEN_GRAPH)
    types = tuple(name for name in origins if _TYPE.fullmatch(name))[:MAX_TYPES]
    return Found(types, origins[types[0]] if types else None)


def word_count(counts: Iterable[Candidate]) -> Found[int | None]:
    """The first credible schema.org wordCount; zero is what templates write for "unknown"."""
    for value, origin in counts:
        match = _COUNT.fullmatch(value)
        if match and 0 < int(match[1]) <= _MAX_WORDS:
            return Found(int(match[1]), origin)
    return Found(None, None)
