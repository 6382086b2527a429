"""Which of a page's titles is the article's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extraction.metadata.candidates import HTML, OPEN_GRAPH, TWITTER, Candidate, Found
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.topics import letters

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE = 500
# Hyphens, dashes, dots and angle quotes between spaces; bars (the wide one of CJK) always.
_SEPARATOR = re.compile(r"\s+[|\-\u2013\u2014\u00b7\u2022\u00bb\u00ab:]+\s+|\s*[|\uff5c]\s*")
_MAX_CUTS = 5
# <title> and h1 are both "html" to the reader, but two voices.
_PAGE_TITLE = "title"


def chosen_title(
    headlines: Iterable[Candidate], page_title: str | None, site_names: Iterable[str]
) -> Found[str | None]:
    """The first title that another part of the page repeats, or else the first.

    Twitter's and OpenGraph's titles are filled from one field, so that they are one voice.

    Args:
        headlines: raw titles in order of trust.
        page_title: the raw text of `<title>`, the last choice.
        site_names: what is cut from its end, and is itself no title where there is another.
    """
    raw = [*headlines]
    if page_title:
        raw.append(Candidate(without_site_name(page_title, site_names), _PAGE_TITLE))
    titles = [
        Candidate(text, origin) for value, origin in raw if (text := field_text(value, MAX_TITLE))
    ]
    own = {letters(name) for name in site_names}
    titles = [title for title in titles if letters(title.value) not in own] or titles
    voices: dict[str, set[str]] = {}
    for value, origin in titles:
        voice = OPEN_GRAPH if origin == TWITTER else origin
        voices.setdefault(letters(value), set()).add(voice)
    agreed = (title for title in titles if len(voices[letters(title.value)]) > 1)
    best = next(agreed, titles[0] if titles else None)
    if best is None:
        return Found(None, None)
    # The page itself also gives the title without what follows a separator: "Title | Sport".
    for title in titles:
        if _SEPARATOR.match(best.value, len(title.value)) and best.value.startswith(title.value):
            best = title
            break
    return Found(best.value, HTML if best.origin == _PAGE_TITLE else best.origin)


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
