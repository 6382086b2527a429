"""Notices in the place of a page: out of order, refused, removed, not set up; with status 200.

What such a page says is known by its titles and sentences; that it says nothing else is what makes
it one. The words alone are in articles, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.measure import count_characters
from crawler.extraction.page_kind.phrases import PHRASES, bare
from crawler.states import State

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page
    from crawler.extraction.page_kind.phrases import Phrases

_MOST_PROSE: Final = 900  # characters to read; a notice that explains itself at length
_SOME: Final = 600
_LITTLE: Final = 300
_NEXT_TO_NOTHING: Final = 120
_SHARE: Final = 0.5
_TWO: Final = 2
_TELLING: Final = 12  # characters of a title that is more than "error" or "removed"
_HEADLINE: Final = 4  # words; a site is called something shorter
_CODE: Final = re.compile(  # of HTTP, before or after its meaning
    r"^(?:(?:http|error|status|code)\s+)*[345]\d\d\b[\s:\u2013-]*"
    r"|[\s,:(-]*(?:error code |code )?[45]\d\d\)?$"
)
_SENTENCE_END: Final = re.compile(r"[.!?:(\u2026\u3002]\s*")


class Notice(NamedTuple):
    """A kind of notice: the state that it means, the concept of its phrases, and the verdict."""

    state: State
    concept: str
    verdict: str


_NOTICES: Final = (
    Notice(State.PARKED, "unset", "it is of a server or its host, and no site is there"),
    Notice(State.SOFT_404, "removed", "it says that it was removed"),
    Notice(State.SERVER_ERROR, "fault", "it says that the site is out of order"),
    Notice(State.FORBIDDEN, "refusal", "it says that it is not shown to us"),
    Notice(State.EMPTY, "script", "it says that it needs JavaScript"),
)


def notice_on(page: Page) -> tuple[State, str] | None:
    """The state that a notice in the place of a page means, and what shows it; None: no notice."""
    if page.is_declared_article or not page.is_thin:
        return None
    if page.screen.prose_characters > _MOST_PROSE:
        return None
    told = [(_signs(page, notice.concept), notice) for notice in _NOTICES]
    signs, notice = max(told, key=lambda one: sum(map(len, one[0])))
    if not signs:
        return None
    named = ", ".join(f'"{bare(sign)}"' for sign in signs[:_TWO])
    return notice.state, f"{notice.verdict}: {named}"


def _signs(page: Page, concept: str) -> list[str]:
    """What of a page shows a notice, where that is enough; or else nothing."""
    titles, phrases = PHRASES[f"{concept}_title"], PHRASES[f"{concept}_says"]
    title = titles.equal_to((*page.called, *map(_without_code, page.called)))
    said = _apart(phrases.found_in(f"{page.title}\n{page.screen.text}"))
    prose = page.screen.prose_characters
    if title is not None and any(phrase not in title for phrase in said):
        return [title, *(phrase for phrase in said if phrase not in title)]
    if page.og_type == "article" or page.has_publication or _has_headline(page, titles, phrases):
        return []
    if title is not None:
        is_telling = len(title) >= _TELLING
        return [title] if prose < (_LITTLE if is_telling else _NEXT_TO_NOTHING) else []
    is_enough = (len(said) >= _TWO and prose < _SOME) or prose < _LITTLE
    return said if is_enough and _is_most_of(page, said) else []


def _has_headline(page: Page, titles: Phrases, phrases: Phrases) -> bool:
    """Whether it is called something that no notice is, and that is long for a site's name."""
    return any(
        _words(name) >= _HEADLINE and not phrases.found_in(name)
        for name in _called(page)
        if not any(part in titles.all for part in (name, *_parts(name)))
    )


def _called(page: Page) -> tuple[str, ...]:
    """Headings and the parts of the title; the title as a whole only where it has no parts."""
    whole, *parts = page.title_parts or ("",)
    return (*page.headings, *(parts or [whole]))


def _words(name: str) -> int:
    """How many words; three characters are one where a script has no spaces."""
    return max(len(name.split()), count_characters(name) // 3)


def _parts(name: str) -> list[str]:
    return [_without_code(name), *(bare(part) for part in _SENTENCE_END.split(name))]


def _without_code(name: str) -> str:
    return bare(_CODE.sub("", name))


def _apart(phrases: list[str]) -> list[str]:
    """The phrases that are not part of another one, the longest first."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return [
        phrase
        for number, phrase in enumerate(ordered)
        if not any(phrase in longer for longer in ordered[:number])
    ]


def _is_most_of(page: Page, said: list[str]) -> bool:
    """Whether the lines that say so are most of what there is to read."""
    lines = [line for line in page.screen.lines if not line.is_consent]
    telling = sum(len(line.text) for line in lines if any(part in line.text for part in said))
    return telling >= _SHARE * max(page.screen.prose_characters, 1)
