"""Dates in running text, as readers see them: "Veröffentlicht: 1. April 2025, 15:25 Uhr"."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.metadata.candidates import BYLINE, TIME, Candidate
from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.month_names import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extraction.metadata.headline_area import HeadlineArea, Piece

_MAX_DATES: Final = 20
_LONGEST_LINE: Final = 120  # characters of a line that is no sentence
_SENTENCE_WORDS: Final = 8
_SENTENCE_END: Final = re.compile(r"(?<![ap]\.m)[.!?\u3002]$", re.IGNORECASE)
_BEFORE: Final = 30  # characters in which a label stands
_LARGEST_MONTH: Final = 12

_DAY: Final = r"(?P<day>\d{1,2})"
_NAME: Final = r"(?P<name>[^\W\d_]{3,15})"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_BETWEEN: Final = r"(?:[./-]\s?|\s?[年月년월]\s?)"
_FORMS: Final = (
    rf"(?<![\d.]){_YEAR}{_BETWEEN}(?P<month>\d{{1,2}}){_BETWEEN}{_DAY}(?!\d)[일日.]?",
    rf"(?<![\d./-]){_DAY}(?P<mark>[./-])\s?(?P<month>\d{{1,2}})(?P=mark)\s?{_YEAR}(?!\d)",
    rf"(?<!\d){_DAY}(?:\.|[a-zºª]{{1,2}})?\s(?:de\s)?{_NAME}\.?,?\s(?:del?\s)?{_YEAR}(?!\d)",
    rf"(?<!\w){_NAME}\.?\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)",
)
_DATES: Final = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_CLOCK: Final = re.compile(
    r"[^\d]{0,12}?(?<!\d)(?P<hour>\d{1,2})[:.hH時시](?P<minute>\d\d)(?![\d]|\.\d)"
    r"(?::\d\d)?(?:\s?(?P<half>[ap])\.?m\b)?",
    re.IGNORECASE,
)
# The stems of "updated", "changed" and "as of" in the languages that much of the web is in.
_CHANGED: Final = re.compile(
    r"updat|aktual|modifi|mis [àa] jour|maj\b|g[üu]ncelle|actuali|atualiz|aggiorn|bijgewerkt"
    r"|oppdater|opdater|uppdater|zaktual|обновл|оновл|diperbarui|cập nhật|\bstand\b|更新|수정"
    r"|edited",
    re.IGNORECASE,
)


class VisibleDate(NamedTuple):
    """A date as ISO 8601, without a zone, and where it stands in its text."""

    value: str
    start: int
    end: int
    is_change: bool


def dates_near(area: HeadlineArea, *, day_first: bool = False) -> list[Candidate]:
    """When readers see that an article was published, the likeliest first.

    That is the first date near the headline which is not said to be that of a change. A date in
    a sentence of the article is one that it tells of.
    """
    texts = (
        " ".join("|" if _is_of_a_sentence(piece) else piece.text for piece in part)
        for part in (area.after, area.before)
    )
    dates = [date for text in texts for date in visible_dates(text, day_first=day_first)]
    dates.sort(key=lambda date: date.is_change)
    times = [Candidate(time, TIME) for time in area.times[:_MAX_DATES]]
    return times + [Candidate(date.value, BYLINE) for date in dates]


def _is_of_a_sentence(piece: Piece) -> bool:
    """Whether a piece, or the paragraph in which a link or the like cuts it off, is a sentence."""
    if len(piece.text) > _LONGEST_LINE:
        return True
    paragraph = piece.element if piece.element.tag == "p" else piece.element.getparent()
    if paragraph is None or paragraph.tag != "p" or paragraph.find("br") is not None:
        return False
    text = element_text(paragraph)
    is_sentence = len(text.split()) >= _SENTENCE_WORDS and _SENTENCE_END.search(text) is not None
    return is_sentence or len(text) > _LONGEST_LINE


def visible_dates(text: str, *, day_first: bool = False) -> list[VisibleDate]:
    """The dates in one line of text, in order, each with its time of day if that follows it.

    Only dates that can be read in one way: 03/04/2025 is none unless `day_first`, as it is in all
    languages but English; 03.04.2025 is the third of April, 23/04/2025 the twenty-third.
    """
    found = sorted(_all_dates(text, day_first=day_first), key=lambda date: date.start)
    kept: list[VisibleDate] = []
    for date in found[:_MAX_DATES]:
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept


def _all_dates(text: str, *, day_first: bool) -> Iterator[VisibleDate]:
    for form in _DATES:
        for match, _ in zip(form.finditer(text), range(_MAX_DATES), strict=False):
            value = _iso(match, text, day_first=day_first)
            if value is not None:
                label = text[max(0, match.start() - _BEFORE) : match.start()]
                is_change = _CHANGED.search(label) is not None
                yield VisibleDate(value, match.start(), match.end(), is_change)


def _iso(match: re.Match[str], text: str, *, day_first: bool) -> str | None:
    parts = match.groupdict()
    day, month = int(parts["day"]), MONTHS.get((parts.get("name") or "").casefold())
    if month is None:
        if not parts.get("month"):
            return None
        month = int(parts["month"])
        if parts.get("mark") in {"/", "-"} and not day_first:
            if max(day, month) <= _LARGEST_MONTH and day != month:
                return None
            day, month = max(day, month), min(day, month)
    try:
        date = datetime(int(parts["year"]), month, day)  # noqa: DTZ001 - no zone is given
    except ValueError:
        return None
    clock = _CLOCK.match(text, match.end())
    if clock is None:
        return date.date().isoformat()
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    try:
        return date.replace(hour=hour, minute=int(clock["minute"])).isoformat()
    except ValueError:
        return date.date().isoformat()
