"""The choice among what the sources of a page say, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extraction.metadata.authors import author_names, without_site
from crawler.extraction.metadata.candidates import JSON_LD, LINK, OPEN_GRAPH, Candidate, Found
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.free_access import free_flag, free_tier
from crawler.extraction.metadata.languages import language_tag
from crawler.extraction.metadata.page_links import amp_url, canonical_url
from crawler.extraction.metadata.topics import keyword_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.extraction.metadata.markup import Markup

_MAX_LANGUAGES = 10


def chosen_text(candidates: Iterable[Candidate], limit: int) -> Found[str | None]:
    """The first value that is text and no URL, at most `limit` characters."""
    for value, origin in candidates:
        if "://" in value and " " not in value.strip():
            continue
        if text := field_text(value, limit):
            return Found(text, origin)
    return Found(None, None)


def chosen_authors(
    groups: Iterable[Sequence[Candidate]], site_names: Iterable[str]
) -> Found[tuple[str, ...]]:
    """The names of the first group that names somebody but the site; else the first names."""
    own = list(site_names)
    fallback: Found[tuple[str, ...]] = Found((), None)
    for group in groups:
        if not group:
            continue
        origin = group[0].origin
        names = author_names((one.value for one in group), whole=origin == JSON_LD)
        people = without_site(names, own)
        if people:
            return Found(people, origin)
        if names and not fallback.value:
            fallback = Found(names, origin)
    return fallback


def chosen_keywords(groups: Iterable[Sequence[Candidate]]) -> Found[tuple[str, ...]]:
    """The keywords of the first group that holds any."""
    for group in groups:
        if keywords := keyword_list(one.value for one in group):
            return Found(keywords, group[0].origin)
    return Found((), None)


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
