"""What readers see around a headline, and when it says that the article was published."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from crawler.extraction.metadata.field_text import BYLINE, TIME, Candidate, element_text
from crawler.extraction.metadata.keywords import letters
from crawler.extraction.metadata.titles import is_site_heading
from crawler.extraction.metadata.visible_dates import VisibleDate, says_change, visible_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement


_MAX_HEADINGS: Final = 40
_UNNAMED: Final = ("p", "div", "span", "td", "strong", "b", "font", "h4", "dt", "li")
_MAX_UNNAMED: Final = 2_000
_MAX_LEVELS: Final = 12  # up from the headline; what stands above the article is of the site
_LEVELS_BEFORE: Final = 2
_SIBLINGS_BEFORE: Final = 4
_MAX_EVENTS: Final = 1_500
_MAX_PIECES: Final = 80
_MAX_CHARACTERS: Final = 1_500
_MAX_PIECE: Final = 400
_SHORTEST_PART: Final = 10  # letters of a heading that is found in a title
_MAX_LABEL: Final = 30
_MAX_NAMES: Final = 500  # characters of an id and classes
_WHOLE: Final = frozenset({"body", "main", "article"})
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "form", "button", "select", "iframe"}
    | {"figure", "aside", "footer", "video", "audio"}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and the element that it stands in.

    Attributes:
        time: the datetime of a `<time>` element that begins here.
        label: what that one is called: its classes, and what stands before it.
    """

    text: str
    element: HtmlElement
    time: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class HeadlineArea:
    """The pieces of the headline, behind it and before it."""

    after: Sequence[Piece] = ()
    before: Sequence[Piece] = ()
    headline: Sequence[Piece] = ()


def headline_area(tree: HtmlElement, titles: Iterable[str]) -> HeadlineArea:
    """The surroundings of the headline that reads like one of the titles, or of the first h1.

    Without any heading, of the first element of another kind that reads like one of the titles.
    Reads about 1,500 characters and 1,500 elements; empty where there is no headline.
    """
    wanted = {key for title in titles if (key := letters(title))}
    headline = _heading(tree, wanted)
    if headline is None:
        headline = _by_another_name(tree, wanted)
    if headline is None:
        return HeadlineArea()
    return HeadlineArea(
        after=_bounded(_pieces(_following(headline))),
        before=_bounded(_pieces(_preceding(headline))),
        headline=_bounded(_pieces(iter([headline]))),
    )


def _heading(tree: HtmlElement, wanted: set[str]) -> HtmlElement | None:
    first: HtmlElement | None = None
    part: HtmlElement | None = None
    for level in ("h1", "h2", "h3"):
        for heading, _ in zip(tree.iter(level), range(_MAX_HEADINGS), strict=False):
            key = letters(element_text(heading))
            if key in wanted:
                return heading
            if level != "h1" or is_site_heading(heading):
                continue
            if first is None:
                first = heading
            if part is None and any(_is_part(key, title) for title in wanted):
                part = heading
    return first if part is None else part


def _is_part(key: str, title: str) -> bool:
    """Whether one of two headings is most of the other: a title with the site's name around it."""
    shorter, longer = sorted((key, title), key=len)
    return len(shorter) >= _SHORTEST_PART and len(shorter) * 3 > len(longer) and shorter in longer


def _by_another_name(tree: HtmlElement, wanted: set[str]) -> HtmlElement | None:
    for element, _ in zip(tree.iter(*_UNNAMED), range(_MAX_UNNAMED), strict=False):
        text = element.text
        if text and len(text) <= _MAX_PIECE and letters(text) in wanted:
            return element
    return None


def _following(headline: HtmlElement) -> Iterator[HtmlElement]:
    element: HtmlElement | None = headline
    for _ in range(_MAX_LEVELS):
        if element is None or element.tag == "body":
            return
        yield from element.itersiblings()
        element = element.getparent()


def _preceding(headline: HtmlElement) -> Iterator[HtmlElement]:
    element: HtmlElement | None = headline
    for _ in range(_LEVELS_BEFORE):
        if element is None or element.tag in _WHOLE:  # what stands before is the site's masthead
            return
        siblings = element.itersiblings(preceding=True)
        yield from (sibling for sibling, _ in zip(siblings, range(_SIBLINGS_BEFORE), strict=False))
        element = element.getparent()


def _pieces(elements: Iterator[HtmlElement]) -> Iterator[Piece]:
    events = 0
    label = ""
    for root in elements:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            events += 1
            if events > _MAX_EVENTS:
                return
            if event == "start" and (element.tag in _SKIPPED or _is_of_comments(element)):
                walk.skip_subtree()
            elif event == "start":
                yield _piece(element, label)
                label = _label(element.text, label)
            elif element is not root and (parent := element.getparent()) is not None:
                label = _label(element.tail, label)
                yield Piece(element.tail or "", parent)


def _piece(element: HtmlElement, label: str) -> Piece:
    value = element.get("datetime") if element.tag == "time" else None
    if not value:
        return Piece(element.text or "", element)
    classes = (element.get("class") or "")[:_MAX_NAMES]
    if "publish" in classes.lower():  # "entry-date published updated" is that of both
        classes = ""
    own = element_text(element)[:_MAX_LABEL]
    return Piece(element.text or "", element, value[:_MAX_NAMES], f"{classes} {label} {own}")


def _label(text: str | None, before: str) -> str:
    """What a text says of the `<time>` behind it: its end, or what stood before if it is blank."""
    return (text or "").strip()[-_MAX_LABEL:] or before


def _is_of_comments(element: HtmlElement) -> bool:
    """Whether an element is called comments: others than the author write there, and later."""
    names = f"{element.get('id') or ''} {element.get('class') or ''}"[:_MAX_NAMES].lower()
    return any(name.startswith("comment") for name in names.split())


def _bounded(pieces: Iterator[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    size = 0
    for piece in pieces:
        text = " ".join(piece.text[:_MAX_PIECE].split())
        if text or piece.time:
            kept.append(replace(piece, text=text))
            size += len(text)
        if size >= _MAX_CHARACTERS or len(kept) >= _MAX_PIECES:
            break
    return kept


_MAX_DATES: Final = 20
_ISO_DAY: Final = len("2025-04-01")
_A_DAY: Final = timedelta(days=1)
_LONGEST_LINE: Final = 120  # characters of a line that is no sentence
_SENTENCE_WORDS: Final = 8
_SENTENCE_END: Final = re.compile(r"(?<![ap]\.m)[.!?\u3002]$", re.IGNORECASE)
_OPENING: Final = 80  # characters at the beginning of a text, in which a place and a date stand
_PLACE_WORDS: Final = 4
_PLACE: Final = re.compile(r"[^\W\d_][^\d.!?]*(?:[,(]|\b(?:vom|of|du|del|dated?))\s*|\(?|\W{1,3}")
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
        *_times_in(area.headline, day_first=day_first),
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
        *_times_in(pieces, day_first=day_first),
        *(_Dated(Candidate(date.value, BYLINE), date.is_change) for date in dates),
    ]


def _times_in(pieces: Sequence[Piece], *, day_first: bool) -> list[_Dated]:
    times = [piece for piece in pieces if piece.time][:_MAX_DATES]
    return [
        _Dated(Candidate(piece.time, TIME), says_change(piece.label))
        for piece in times
        if not _shows_another_day(piece, day_first=day_first)
    ]


def _shows_another_day(piece: Piece, *, day_first: bool) -> bool:
    """Whether readers see another day than a `<time>` gives, by more than a time zone.

    Some templates print the moment of the last change in its attribute.
    """
    try:
        given = date.fromisoformat(piece.time[:_ISO_DAY])
    except ValueError:
        return False
    shown = visible_dates(element_text(piece.element)[:_LONGEST_LINE], day_first=day_first)
    days = [date.fromisoformat(one.value[:_ISO_DAY]) for one in shown]
    return bool(days) and all(abs(day - given) > _A_DAY for day in days)


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
    for first in visible_dates(headline, day_first=day_first)[:1]:
        if first.start == 0 and _IN_HEADLINE.match(headline, first.end):
            return first
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
