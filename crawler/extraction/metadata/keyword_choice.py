"""Which of a page's lists of keywords is the article's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.metadata.candidates import JSON_LD, META, Candidate, Found
from crawler.extraction.metadata.topics import keyword_list, letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_RUN_TOGETHER: Final = 4  # words in the only keyword of a list, which lost its commas


class _Group(NamedTuple):
    origin: str
    keywords: tuple[str, ...]
    keys: frozenset[str]


def chosen_keywords(
    groups: Iterable[Sequence[Candidate]],
    tag_links: Callable[[], Sequence[Candidate]],
    *,
    names: Iterable[str],
    sections: Iterable[str],
) -> Found[tuple[str, ...]]:
    """The keywords that two sources agree on; else those of the best source.

    A source that mostly adds the page's sections to another's keywords, or names nothing else,
    says no more than that, and neither does one whose list has lost its commas. Meta tags are
    believed before JSON-LD where one holds all that the other does; elsewhere they are written
    for search engines.

    Args:
        groups: raw keyword strings, one group a source, in order of trust.
        tag_links: gives the tags that readers see; asked only where nothing else is left.
        names: of the site and of the authors, which are no keywords.
        sections: of the site; keywords only where another source says so, too.
    """
    unwanted = frozenset(letters(name) for name in names)
    found = [group for one in groups if (group := _read(one, unwanted)) is not None]
    sectional = frozenset(section.casefold() for section in sections)
    whole = [group for group in found if not _lost_its_commas(group)]
    telling = [group for group in whole if not group.keys <= sectional]
    best = _agreed(whole) or _best(telling, sectional)
    if best is None:
        tags = _read(tag_links(), unwanted)
        best = tags or next(iter([*whole, *found]), None)
    return Found((), None) if best is None else Found(best.keywords, best.origin)


def _read(group: Sequence[Candidate], unwanted: frozenset[str]) -> _Group | None:
    keywords = keyword_list((one.value for one in group), unwanted)
    if not keywords:
        return None
    return _Group(group[0].origin, keywords, frozenset(text.casefold() for text in keywords))


def _lost_its_commas(group: _Group) -> bool:
    return len(group.keywords) == 1 and len(group.keywords[0].split()) >= _RUN_TOGETHER


def _agreed(groups: Sequence[_Group]) -> _Group | None:
    for group in groups:
        if any(one.keys == group.keys and one.origin != group.origin for one in groups):
            return group
    return None


def _best(groups: Sequence[_Group], sections: frozenset[str]) -> _Group | None:
    if not groups:
        return None
    best = groups[0]
    linked = next((group for group in groups if group.origin == JSON_LD), None)
    if (
        linked
        and best.origin == META
        and not (best.keys <= linked.keys or linked.keys <= best.keys)
    ):
        best = linked
    for group in groups:
        added = best.keys - group.keys
        if group.keys < best.keys and len(added & sections) > len(added) / 2:
            return group
    return best
