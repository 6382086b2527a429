"""The choice among what the sources of a page say, field by field, and what it says it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.authors import (
    author_names,
    is_like_a_name,
    is_name_without_spaces,
    without_affiliation,
    without_site,
)
from crawler.extraction.metadata.field_text import (
    BYLINE,
    JSON_LD,
    LINK,
    META,
    MICRODATA,
    OPEN_GRAPH,
    TWITTER,
    Candidate,
    Found,
    field_text,
)
from crawler.extraction.metadata.language import language_tag
from crawler.extraction.metadata.page_links import amp_url, canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.extraction.metadata.json_ld import Node
    from crawler.extraction.metadata.markup import Markup


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


_MAX_LANGUAGES = 10
_UNSEEN = frozenset({META, OPEN_GRAPH, TWITTER})
_DECLARED = frozenset({JSON_LD, MICRODATA})
_SEEN = frozenset({LINK, BYLINE})
_FEW_AUTHORS = 3  # more are those of other articles, or tags


def chosen_text(candidates: Iterable[Candidate], limit: int) -> Found[str | None]:
    """The first value that is text and no URL, at most `limit` characters."""
    for value, origin in candidates:
        if "://" in value and " " not in value.strip():
            continue
        if text := field_text(value, limit):
            return Found(text, origin)
    return Found(None, None)


def chosen_authors(
    groups: Iterable[Sequence[Candidate]],
    site_names: Iterable[str],
    others: Iterable[str] = (),
    *,
    is_shown: Callable[[str], bool] = lambda _name: True,
) -> Found[tuple[str, ...]]:
    """The names of the first group that names somebody but the site; else the first names.

    Names of a meta tag that readers do not see, a brand's or a desk's, give way to a person whom
    they see, and so do those of structured data that are no full names: of a user, a brand.

    Args:
        groups: raw author strings, one group a source, in order of trust.
        site_names: names of the site.
        others: further names that are nobody's: of sections and places.
        is_shown: says whether readers see a name by the headline.
    """
    own = list(site_names)
    refused = [*own, *others]
    fallback: Found[tuple[str, ...]] = Found((), None)
    unseen: Found[tuple[str, ...]] | None = None
    for group in groups:
        if not group:
            continue
        origin = group[0].origin
        names = author_names((one.value for one in group), whole=origin == JSON_LD)
        people = tuple(without_affiliation(name, own) for name in without_site(names, refused))
        if unseen is not None:
            is_few = 0 < len(people) <= _FEW_AUTHORS
            if origin in _SEEN and is_few and all(map(is_like_a_name, people)):
                return Found(people, origin)
        elif people and _is_weak(people, origin) and not any(map(is_shown, people)):
            unseen = Found(people, origin)
        elif people:
            return Found(people, origin)
        if names and not fallback.value:
            fallback = Found(names, origin)
    return unseen or fallback


def _is_weak(names: Iterable[str], origin: str) -> bool:
    return origin in _UNSEEN or (
        origin in _DECLARED
        and not any(is_like_a_name(name) or is_name_without_spaces(name) for name in names)
    )


def declared_languages(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The well-formed language tags, at most 10, each from its best source."""
    origins: dict[str, str] = {}
    for value, origin in candidates:
        if len(origins) < _MAX_LANGUAGES and (tag := language_tag(value)):
            origins.setdefault(tag, origin)
    return tuple(Candidate(tag, origin) for tag, origin in origins.items())


def chosen_canonical(markup: Markup, page: str) -> Found[str | None]:
    """`rel=canonical`, or else og:url."""
    for hrefs, origin in (
        (markup.links.get("canonical", ()), LINK),
        (markup.contents("og:url"), OPEN_GRAPH),
    ):
        if address := canonical_url(hrefs, markup.base, page):
            return Found(address, origin)
    return Found(None, None)


def chosen_amp(markup: Markup) -> Found[str | None]:
    """`rel=amphtml`."""
    address = amp_url(markup.links.get("amphtml", ()), markup.base)
    return Found(address, LINK if address else None)


def chosen_free(flags: Iterable[Candidate], tiers: Iterable[Candidate]) -> Found[bool | None]:
    """The first readable isAccessibleForFree, or else content tier."""
    for raw, read in ((flags, free_flag), (tiers, free_tier)):
        for value, origin in raw:
            if (free := read(value)) is not None:
                return Found(free, origin)
    return Found(None, None)
