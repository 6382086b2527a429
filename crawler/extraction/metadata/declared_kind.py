"""What a page declares itself to be, and how long its article is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.candidates import JSON_LD, OPEN_GRAPH, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extraction.metadata.candidates import Candidate
    from crawler.extraction.metadata.schema_nodes import Node

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
