"""Front pages, sections, tags and searches: lists of articles in place of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.classify.page import parameters_of

if TYPE_CHECKING:
    from crawler.extraction.classify.page import Page

_TYPES: Final = frozenset({"collectionpage", "searchresultspage", "profilepage"})
_NOT_TYPES: Final = ("article", "posting", "recipe", "review", "event", "product", "episode")
# What content systems call the body of their lists: WordPress, Drupal, Joomla, Ghost, TYPO3.
_NAMES: Final = re.compile(
    r"^(?:archive|category|tag|search|search-results|author|blog|home|home-template|tag-template"
    r"|author-template|post-type-archive|tax-\S+|page-taxonomy\S*|path-taxonomy\S*|path-frontpage"
    r"|view-category|view-featured|page-section|section-front|section-page|page--section"
    r"|page-category|page-home|page-tag|page-topic|is-front|front|listing|page-listing"
    r"|category-page|tag-page|topic-page|section|homepage|frontpage)$"
)
_SINGLE: Final = re.compile(
    r"^(?:single|single-\S+|postid-\S+|post-template\S*|article|page-article)$"
)
_PATHS: Final = re.compile(
    r"^/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:$|(?:index|home)(?:\.[a-z]+)?$|(?:[^/]+/)*(?:category|categories"
    r"|tags?|topics?|sections?|themen?|thema|rubrik|ressort|rubrique|seccion|sezione|categoria"
    r"|kategorie|kategoria|etiqueta|author|autor|auteur|autore|search|suche|recherche|buscar|archive"
    r"|archives?|archiv|tema|temat|labels?|hub|latest|page/\d+)(?:/|$))"
)
_LINES_LINKED: Final = 0.8  # of a line's characters
_HEADLINE_CHARACTERS: Final = 18
_FEWEST_HEADLINES: Final = 8
_LONGEST_READ: Final = 350  # characters between two headlines: what a teaser has


def evidence_of_list(page: Page) -> str | None:
    """What shows that a page lists articles: many headlines, no text, and it says so itself."""
    kind = next(iter(sorted(page.types & _TYPES)), None)
    if page.og_type not in {"", "website", "blog", "object", "profile"}:
        return None
    if page.has_publication and kind is None:  # some date their lists
        return None
    if any(name.endswith(_NOT_TYPES) for name in page.types):
        return None
    if any(_SINGLE.match(name) for name in page.names):
        return None
    named = next((name for name in sorted(page.names) if _NAMES.match(name)), None)
    by_path = _PATHS.match(page.path) and not parameters_of(page.url).keys() & {"p", "id"}
    signs = [
        f"schema.org {kind}" if kind else None,
        f'class "{named}"' if named else None,
        f"path {page.path}" if by_path else None,
        "og:type website" if page.og_type == "website" and not page.known.authors else None,
    ]
    found = [sign for sign in signs if sign]
    if not found:
        return None
    headlines, longest = _headlines(page)
    if headlines < _FEWEST_HEADLINES or longest > _LONGEST_READ:
        return None
    return f"{headlines} headlines and no text: " + ", ".join(found)


def _headlines(page: Page) -> tuple[int, int]:
    """How many headlines are linked, and the most characters to read between two of them."""
    headlines: set[str] = set()
    longest = read = 0
    for line in page.screen.lines:
        is_linked = line.linked >= _LINES_LINKED * len(line.text)
        if is_linked and len(line.text) >= _HEADLINE_CHARACTERS:
            headlines.add(line.text)
            read = 0
        elif line.is_prose and not line.is_consent:
            read += len(line.text)
            longest = max(longest, read)
    return len(headlines), longest
