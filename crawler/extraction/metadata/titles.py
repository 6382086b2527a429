"""Which of a page's titles is the article's, and which headings name the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.extraction.metadata.field_text import (
    HTML,
    OPEN_GRAPH,
    TWITTER,
    Candidate,
    Found,
    field_text,
)
from crawler.extraction.metadata.keywords import letters
from crawler.extraction.metadata.visible_dates import visible_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement


_LEVELS: Final = 3


def is_site_heading(heading: HtmlElement) -> bool:
    """Whether a heading is a link to the front page, or in one: the site's name as a logo."""
    around = zip(range(_LEVELS), heading.iterancestors(), strict=False)
    links = [parent for _, parent in around if parent.tag == "a"]
    if not links and not (heading.text or "").strip():
        links = [child for child in heading[:1] if child.tag == "a" and len(heading) == 1]
    return any(_is_front_page(link.get("href") or "") for link in links)


def _is_front_page(href: str) -> bool:
    try:
        parts = urlsplit(href.strip()[:2_000])
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query and not href.startswith("#")


MAX_TITLE = 500
# Hyphens, dashes, dots and angle quotes between spaces; bars (the wide one of CJK) always.
# The wide colon and hyphen are those of CJK, and a Korean vowel (U+3163) is written for a bar.
_SEPARATOR = re.compile(
    r"\s+[|\-\u2013\u2014\u00b7\u2022\u00bb\u00ab:/>\u203a\u2039~]+\s+|\s*[|\uff5c\uff1a\uff0d\u3163]\s*"
)
_MAX_CUTS = 5
_MAX_DATE = 40  # characters
_SHORTEST_PART = 8  # letters; fewer are the name of a section
_WORDS_OF_A_SECTION = 4
_WORDS_OF_A_TITLE = 3
_SHARED_WORDS = 3
_SAME_HEADLINE = 0.5  # of the words of the shorter one
_WORD = re.compile(r"\w+")
# <title> and h1 are both "html" to the reader, but two voices.
_PAGE_TITLE = "title"


def chosen_title(
    headlines: Iterable[Candidate],
    page_title: str | None,
    site_names: Iterable[str],
    subheadings: Iterable[str] = (),
    *,
    is_news: bool = False,
) -> Found[str | None]:
    """The first title that another part of the page repeats, or else the first.

    Twitter's and OpenGraph's titles are filled from one field, so that they are one voice. A
    heading that is one of the parts of `<title>` is the article's, whatever its level; what stands
    around that part (the site, a section, a kicker, a date) is cut.

    Args:
        headlines: raw titles in order of trust.
        page_title: the raw text of `<title>`, the last choice.
        site_names: what is cut from its end, and is itself no title where there is another.
        subheadings: further headings of the page.
        is_news: whether the page declares a NewsArticle, whose headline a newsroom has written.
            Elsewhere titles are made for search engines, and readers see another one.
    """
    subheadings = list(subheadings)
    own = {letters(name) for name in site_names}
    raw = [*headlines]
    if page_title:
        raw.append(Candidate(without_site_name(page_title, site_names), _PAGE_TITLE))
    titles = [
        Candidate(text, origin) for value, origin in raw if (text := field_text(value, MAX_TITLE))
    ]
    titles = [title for title in titles if letters(title.value) not in own] or titles
    voices: dict[str, set[str]] = {}
    for value, origin in titles:
        voice = OPEN_GRAPH if origin == TWITTER else origin
        voices.setdefault(letters(value), set()).add(voice)
    agreed = next((title for title in titles if len(voices[letters(title.value)]) > 1), None)
    if not is_news:
        agreed = _headline(titles, agreed, subheadings) or agreed
    best = agreed or next(iter(titles), None)
    if best is None:
        return Found(None, None)
    headings = {
        letters(text)
        for text in (*(one.value for one in titles if one.origin == HTML), *subheadings)
    } - own
    parts_of = best.value if agreed or best.origin != HTML else titles[-1].value
    if part := _part_that_is_a_heading(parts_of, headings):
        return Found(part, HTML)
    # The page itself also gives the title without what follows a separator: "Title | Sport".
    for title in titles:
        if _SEPARATOR.match(best.value, len(title.value)) and best.value.startswith(title.value):
            best = title
            break
    value = _without_date(_without_sections(best.value))
    return Found(value, HTML if best.origin == _PAGE_TITLE else best.origin)


def _headline(
    titles: Sequence[Candidate], agreed: Candidate | None, subheadings: Iterable[str]
) -> Candidate | None:
    """The only first-level heading, where it says in other words what a page calls itself.

    None where it has a kicker in it, as its parts or the title tell.
    """
    headings = {letters(title.value): title for title in titles if title.origin == HTML}
    if len(headings) != 1 or agreed is None:
        return None
    ((key, heading),) = headings.items()
    if key == letters(agreed.value):
        return None  # in the same words
    parts = {letters(agreed.value), *map(letters, subheadings)} - {key}
    if heading.value.isupper() or any(
        part in key[1:] for part in parts if len(part) >= _SHORTEST_PART
    ):
        return None
    words, others = _words(heading.value), _words(agreed.value)
    shared = len(words & others)
    is_alike = shared >= _SHARED_WORDS and shared >= _SAME_HEADLINE * min(len(words), len(others))
    return heading if is_alike else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _part_that_is_a_heading(title: str, headings: set[str]) -> str | None:
    """The longest run of the title's parts, short of all of them, that is a heading of the page.

    Where the whole is one, too, the part is at least half of it: then the rest is a kicker.
    """
    least = max(_SHORTEST_PART, len(letters(title)) // 2 if letters(title) in headings else 0)
    separators = list(_SEPARATOR.finditer(title))[:_MAX_CUTS]
    starts = [0, *(one.end() for one in separators)]
    ends = [*(one.start() for one in separators), len(title)]
    runs = [title[start:end] for start in starts for end in ends if start < end]
    runs.sort(key=len, reverse=True)
    keys = ((run, letters(run)) for run in runs[1:])
    return next((run for run, key in keys if len(key) >= least and key in headings), None)


def _without_sections(title: str) -> str:
    """A title without the short names behind its bars: of a section, a format, a site."""
    for _ in range(_MAX_CUTS):
        head, bar, tail = title.rpartition(" | ")
        is_name = bar and 0 < len(tail.split()) <= _WORDS_OF_A_SECTION
        if not is_name or len(head.split()) < _WORDS_OF_A_TITLE:
            break
        title = head.rstrip()
    return title


def _without_date(title: str) -> str:
    """A title without the date that it begins with: "8.11.2021 | A story"."""
    for date in visible_dates(title[:_MAX_DATE], day_first=True)[:1]:
        separator = _SEPARATOR.match(title, date.end)
        if date.start == 0 and separator and separator.end() < len(title):
            return title[separator.end() :]
    return title


def without_site_name(title: str, site_names: Iterable[str]) -> str:
    """The text of `<title>` without the site's name at its end.

    The name is cut only where it is one that the page gives elsewhere, or its domain.
    """
    own = {key for name in site_names if (key := letters(name))}
    for _ in range(_MAX_CUTS):
        separators = list(_SEPARATOR.finditer(title))
        if not separators or letters(title[separators[-1].end() :]) not in own:
            break
        title = title[: separators[-1].start()]
    return title
