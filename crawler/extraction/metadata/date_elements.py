"""Elements that are called dates: by microdata, RDFa, microformats, or a telling class."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml.etree import XPath

from crawler.extraction.metadata.candidates import BYLINE, MICRODATA, TIME, Candidate
from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.visible_dates import says_change, visible_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

_MAX_ELEMENTS: Final = 200
_MAX_CLIMB: Final = 60
_MAX_ATTRIBUTE: Final = 500
_LONGEST: Final = 120  # characters of a line with a date
_CALLED: Final = XPath(
    "descendant::time | descendant::*[@itemprop or @property or @class or @id]"
    "[contains(@class, 'ate') or contains(@class, 'ublish') or contains(@class, 'ime')"
    " or contains(@class, 'atum') or contains(@class, 'osted') or contains(@class, 'echa')"
    " or contains(@class, 'DATE') or contains(@id, 'date') or contains(@id, 'Date')"
    " or contains(@itemprop, 'ublished') or contains(@property, 'ublished')"
    " or contains(@property, ':date') or contains(@property, ':created')"
    " or contains(@property, ':issued')]"
)
# Schema.org, Dublin Core and Open Graph properties as RDFa and microdata name them.
_PROPERTY: Final = re.compile(
    r"(?:\w+:)?(?:datepublished|published_time|date|created|issued)", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES: Final = frozenset(
    {"date", "dates", "datum", "published", "publish", "pubdate", "publication", "timestamp"}
    | {"datetime", "dateline", "posted", "fecha", "datetimestamp", "postdate", "entrydate"}
    | {"articledate", "newsdate", "publishdate", "time", "dtstamp", "dt"}
)
# What else a class says of a date that is not that of the article.
_OTHERWISE: Final = frozenset(
    {
        "comment",
        "comments",
        "event",
        "related",
        "sidebar",
        "widget",
        "teaser",
        "footer",
        "copyright",
    }
    | {"read", "reading", "duration", "picker", "range", "calendar", "expiry", "countdown", "clock"}
    | {"current", "today", "reply", "opening", "ticker", "nav", "menu", "recommended", "update"}
    | {"updated", "modified", "birth", "start", "end", "lifetime", "runtime"}
)
_ELSEWHERE: Final = frozenset({"nav", "form", "button", "figcaption", "select"})
_OF_OTHERS: Final = frozenset(
    {"comment", "comments", "sidebar", "related", "recommended", "teaser", "teasers", "suggestion"}
)
_OF_THE_FRAME: Final = frozenset({"footer", "copyright"})
_FRAME: Final = frozenset({"header", "footer"})
_CONTENT: Final = frozenset({"article", "main"})
_LABEL_LEVELS: Final = 2  # the element that a label stands in, and the one around it
_LABEL_GAP: Final = 12  # characters between a label and its date: " on Friday, "
_LABELS: Final = (
    *("ublished", "UBLISHED", "osted on", "eröffentlicht", "rstellt am", "ublié le", "ublicado"),
    *("ubblicato", "epubliceerd", "publikowan", "публиковано", "发布", "發布", "公開日", "掲載日"),
    *(
        "등록",
        "입력",
        "نشر",
        "đăng",
        "ay\u0131nlan",
        "ubliceret",
        "ublicerad",
        "ublisert",
        "ulkaistu",
    ),
)
_LABEL: Final = re.compile("|".join(_LABELS))
_LABELLED: Final = XPath(
    "descendant::text()[string-length() < 200][parent::*[not(self::script or self::style)]]"
    f"[{' or '.join(f'contains(., {label!r})' for label in _LABELS)}]"
)
_VALUES: Final = ("datetime", "content", "title")
_DAY: Final = len("2025-04-01")


class _Dated(NamedTuple):
    name: str
    date: Candidate


def labelled_dates(tree: HtmlElement, *, day_first: bool = False) -> list[Candidate]:
    """The date behind the first "Published on" or the like, wherever that stands."""
    for text in _LABELLED(tree)[:_MAX_ELEMENTS]:
        for element in islice((text.getparent(), *text.getparent().iterancestors()), _LABEL_LEVELS):
            line = element_text(element)
            label = _LABEL.search(line)
            if label is None or len(line) > _LONGEST:
                break
            dates = visible_dates(line[label.end() :], day_first=day_first)
            if dates and dates[0].start <= _LABEL_GAP and not dates[0].is_change:
                return [Candidate(dates[0].value, BYLINE)]
    return []


def dates_by_name(tree: HtmlElement, *, day_first: bool = False) -> list[Candidate]:
    """The dates of the elements that are called so, where those that count give the same day.

    Those in the `<article>` or `<main>` of the headline count, or else all; not those in comments,
    captions and the frame of the page. Where they give several days, one element that is called
    as no other counts: the others are those of a list of articles.
    """
    headline = next(tree.iter("h1"), None)
    content = None if headline is None else _content_around(headline)
    inside: list[_Dated] = []
    others: list[_Dated] = []
    for element, _ in zip(_CALLED(tree), range(_MAX_ELEMENTS), strict=False):
        place = _place(element, content) if _is_called_so(element) else None
        if place is None:
            continue
        name = f"{element.tag} {element.get('class') or element.get('itemprop') or ''}"
        for date in _values(element, day_first=day_first):
            (inside if place else others).append(_Dated(name, date))
    return _of_one_day(inside) or _of_one_day(others)


def _of_one_day(dated: Sequence[_Dated]) -> list[Candidate]:
    if len({one.date.value[:_DAY] for one in dated}) > 1:
        counts = Counter(one.name for one in dated)
        dated = [one for one in dated if counts[one.name] == 1]
    is_one = len({one.date.value[:_DAY] for one in dated}) == 1
    return [one.date for one in dated] if is_one else []


def _content_around(headline: HtmlElement) -> HtmlElement | None:
    around = zip(headline.iterancestors(), range(_MAX_CLIMB), strict=False)
    return next((element for element, _ in around if element.tag in _CONTENT), None)


def _is_called_so(element: HtmlElement) -> bool:
    for name in ("itemprop", "property"):
        if _PROPERTY.fullmatch((element.get(name) or "")[:_MAX_ATTRIBUTE].strip()):
            return element.tag != "meta"  # those are read by name
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_ATTRIBUTE]
    words = {word.lower() for word in _WORD.findall(names)}
    is_named = element.tag == "time" or not _NAMES.isdisjoint(words)
    return is_named and _OTHERWISE.isdisjoint(words)


def _place(element: HtmlElement, content: HtmlElement | None) -> bool | None:
    """Whether an element is in the article of the headline; None: it is of something else."""
    is_framed = False
    for around, _ in zip(element.iterancestors(), range(_MAX_CLIMB), strict=False):
        if around is content:
            return True
        if around.tag in _ELSEWHERE or around.tag in _CONTENT or _is_called(around, _OF_OTHERS):
            return None
        if around.tag == "a" and len(element_text(around)) > _LONGEST:
            return None
        is_framed = is_framed or around.tag in _FRAME or _is_called(around, _OF_THE_FRAME)
    return None if is_framed else False


def _is_called(element: HtmlElement, names: frozenset[str]) -> bool:
    if element.tag in {"body", "html"}:
        return False
    own = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_ATTRIBUTE]
    return not names.isdisjoint(word.lower() for word in _WORD.findall(own))


def _values(element: HtmlElement, *, day_first: bool) -> Iterator[Candidate]:
    origin = TIME if element.tag == "time" else MICRODATA if element.get("itemprop") else BYLINE
    parent = element.getparent()
    is_first = element.getprevious() is None
    if is_first and parent is not None and says_change(parent.text or ""):
        return
    for name in _VALUES:
        value = (element.get(name) or "")[:_MAX_ATTRIBUTE].strip()
        if dates := visible_dates(value, day_first=day_first):
            yield Candidate(value if value[:4].isdigit() else dates[0].value, origin)
            return
    text = element_text(element)
    if len(text) <= _LONGEST:
        dates = visible_dates(text, day_first=day_first)
        yield from (Candidate(date.value, origin) for date in dates[:1] if not date.is_change)
