"""When an article was published, as readers see it around the headline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.metadata.candidates import BYLINE, TIME, Candidate
from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.visible_dates import VisibleDate, says_change, visible_dates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.extraction.metadata.headline_area import HeadlineArea, Piece

_MAX_DATES: Final = 20
_LONGEST_LINE: Final = 120  # characters of a line that is no sentence
_SENTENCE_WORDS: Final = 8
_SENTENCE_END: Final = re.compile(r"(?<![ap]\.m)[.!?\u3002]$", re.IGNORECASE)
_OPENING: Final = 80  # characters at the beginning of a text, in which a place and a date stand
_PLACE_WORDS: Final = 4
_PLACE: Final = re.compile(r"[^\W\d_][^\d.!?]*[,(]\s*|\(?|\W{1,3}")
_BEHIND_OPENING: Final = re.compile(r"\s?\)?\s?(?:[-\u2013\u2014|:]|[.](?!\d))")
_IN_HEADLINE: Final = re.compile(r"\s*[|:\u2013\u2014-]\s")


class DatesNear(NamedTuple):
    """Dates of publication and of changes, the likeliest first.

    Attributes:
        published: in the lines by the headline.
        modified: likewise, and behind the first sentence.
        later: of publication, behind the first sentence; perhaps of other articles.
    """

    published: list[Candidate]
    modified: list[Candidate]
    later: list[Candidate]


class _Dated(NamedTuple):
    date: Candidate
    is_change: bool


def dates_near(area: HeadlineArea, *, day_first: bool = False) -> DatesNear:
    """The dates that readers see by the headline.

    A date in a sentence of the article is one that it tells of, and one behind "Updated" is that
    of a change. Where no line by the headline holds a date, the one that opens the headline
    ("8.11.2021 | ...") or the text ("Berlin, 27.1.2022 - ...") is that of the publication.
    """
    sentences = (n for n, piece in enumerate(area.after) if _is_of_a_sentence(piece))
    begins = next(sentences, len(area.after))
    near = [
        *_dates_in(area.after[:begins], day_first=day_first),
        *_dates_in(area.before, day_first=day_first),
        *_times_in(area.headline),
    ]
    later = _dates_in(area.after[begins:], day_first=day_first)
    published = _candidates(near, is_change=False)
    if not published and (date := _opening_date(area, day_first=day_first)):
        published = [Candidate(date.value, BYLINE)]
    return DatesNear(
        published,
        _candidates([*near, *later], is_change=True),
        _candidates(later, is_change=False),
    )


def _candidates(dates: Sequence[_Dated], *, is_change: bool) -> list[Candidate]:
    return [one.date for one in dates if one.is_change is is_change]


def _dates_in(pieces: Sequence[Piece], *, day_first: bool) -> list[_Dated]:
    """The `<time>` elements, and the dates in lines of text."""
    text = " ".join("|" if _is_of_a_sentence(piece) else piece.text for piece in pieces)
    dates = visible_dates(text, day_first=day_first)
    return [
        *_times_in(pieces),
        *(_Dated(Candidate(date.value, BYLINE), date.is_change) for date in dates),
    ]


def _times_in(pieces: Sequence[Piece]) -> list[_Dated]:
    times = [piece for piece in pieces if piece.time][:_MAX_DATES]
    return [_Dated(Candidate(piece.time, TIME), says_change(piece.label)) for piece in times]


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


def _opening_date(area: HeadlineArea, *, day_first: bool) -> VisibleDate | None:
    headline = " ".join(piece.text for piece in area.headline)[:_OPENING]
    for date in visible_dates(headline, day_first=day_first)[:1]:
        if date.start == 0 and _IN_HEADLINE.match(headline, date.end):
            return date
    return next(
        (
            date
            for text in _first_sentences(area.after)
            for date in visible_dates(text, day_first=day_first)[:1]
            if _opens(text, date)
        ),
        None,
    )


def _first_sentences(pieces: Sequence[Piece]) -> list[str]:
    """How the first two paragraphs of the article begin: a summary may stand before the text."""
    sentences = (piece.text for piece in pieces if _is_of_a_sentence(piece))
    return [text[:_OPENING] for text, _ in zip(sentences, range(2), strict=False)]


def _opens(text: str, date: VisibleDate) -> bool:
    before = text[: date.start]
    is_place = _PLACE.fullmatch(before) is not None and len(before.split()) <= _PLACE_WORDS
    return is_place and _BEHIND_OPENING.match(text, date.end) is not None
