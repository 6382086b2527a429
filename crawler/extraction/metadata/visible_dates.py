"""Dates as readers see them: in running text, and in elements that are called dates."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lxml.etree import XPath

from crawler.extraction.metadata.calendars import (
    HAN_NUMBER,
    JALALI_MONTHS,
    REIGN,
    ascii_digits,
    gregorian_date,
    han_number,
    is_persian,
    reign_year,
)
from crawler.extraction.metadata.field_text import BYLINE, MICRODATA, TIME, Candidate, element_text
from crawler.extraction.metadata.month_names import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from lxml.html import HtmlElement


_MAX_DATES: Final = 20
_LABEL: Final = 30  # characters in which a label stands
_NEAR: Final = 40  # characters whose letters tell the calendar
_LARGEST_MONTH: Final = 12
_NOON: Final = 12
_PERSIAN_LETTER: Final = "پ"  # stands for "this is Persian" where a month's name has told

_DAY: Final = r"(?P<day>\d{1,2})"
_MONTH: Final = r"(?P<month>\d{1,2})"
# Letters, and the signs that Indic, Thai, Hebrew and Arabic writing sets to them.
_LETTER: Final = r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e30-\u0e4e])"
_NAME: Final = (
    rf"(?P<name>[\u0e00-\u0e7f]{{1,3}}\.[\u0e00-\u0e7f]{{1,2}}"
    rf"|{_LETTER}{{2,15}}(?:\s(?:الأول|الاول|الثاني))?)"
)
# Of the web, and what it is called by the Solar Hijri and the Buddhist count.
_YEAR: Final = r"(?P<year>(?:1[34]|19|20|25)\d\d)"
_SHORT_YEAR: Final = r"(?P<year>\d\d)"
_BETWEEN: Final = r"(?:[./-]\s?|\s?[年月년월]\s?)"
_ORDINAL: Final = r"(?:\.|[a-zºª]{1,2}\.?)?"
_FORMS: Final = (
    rf"(?<![\d.]){_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}(?!\d)[일日号.]?",
    rf"(?<![\d./-]){_DAY}(?P<mark>[./-])\s?{_MONTH}(?P=mark)\s?{_YEAR}(?!\d)",
    rf"(?<![\d./-])(?P<day>\d\d)(?P<mark>[./])(?P<month>\d\d)(?P=mark){_SHORT_YEAR}(?![\d./:-])",
    rf"(?<!\d){_DAY}{_ORDINAL}[\s/.-](?:de\s|of\s)?{_NAME}\.?[,،]?[\s/.-](?:del?\s)?{_YEAR}(?!\d)",
    rf"(?<!\d){_DAY}-{_NAME}\.?-{_SHORT_YEAR}(?![\d:])",
    rf"(?<!\d){_DAY}\s{_NAME}\.?\s['\u2019]{_SHORT_YEAR}(?!\d)",
    rf"(?<!\w){_NAME}\.?\s{_DAY}(?:st|nd|rd|th)?[,،]?\s{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}(?:\.|\sm\.)?\s{_NAME}\s{_DAY}(?!\d)",
    rf"(?<!\d){_YEAR}\.\sgada\s{_DAY}\.\s{_NAME}(?!\w)",
    rf"(?<!\d){_DAY},?\s(?:tháng|thg)\s{_MONTH},?\s(?:năm\s)?{_YEAR}(?!\d)",
    rf"(?<!\w)(?:tháng|thg)\s{_MONTH}\s{_DAY},\s(?:năm\s)?{_YEAR}(?!\d)",
    rf"(?P<reign>{REIGN})\s?(?P<year>元|\d{{1,2}})\s?年\s?{_MONTH}\s?月\s?{_DAY}\s?日",
    rf"(?P<y>{HAN_NUMBER}{{4}})年(?P<m>{HAN_NUMBER}{{1,3}})月(?P<d>{HAN_NUMBER}{{1,3}})[日号]",
)
_DATES: Final = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_CLOCK: Final = re.compile(
    r"[^\d]{0,12}?(?<!\d)(?P<hour>\d{1,2})(?:[:.]|\s?[hH時时시點点]\s?)(?P<minute>\d\d)(?![\d]|\.\d)"
    r"(?::\d\d)?(?:\s?(?:(?P<half>[ap])\.?\s?m\b|(?P<arabic>[صم])(?!\w)))?",
    re.IGNORECASE,
)
_MORNING: Final = re.compile(r"上午|午前|오전|凌晨|清晨|早上")
_AFTERNOON: Final = re.compile(r"下午|午後|오후|晚上|傍晚")
# The stems of "updated", "changed" and "as of" in the languages that much of the web is in.
_CHANGED: Final = re.compile(
    r"updat|aktual|modifi|mis [àa] jour|maj\b|g[üu]ncelle|actuali|atualiz|aggiorn|bijgewerkt"
    r"|oppdater|opdater|uppdater|zaktual|обновл|оновл|diperbarui|cập nhật|\bstand\b|更新|수정"
    r"|edited|revised|reviewed|geändert|überarbeitet|upraven|päivitet|muokat|frissít|módos"
    r"|업데이트|تحديث|به.?روز|بروز|अपडेट|अद्यतन|อัปเดต|อัพเดท|แก้ไข|עודכן|ενημέρωσ|τροποπο|修訂|修改",
    re.IGNORECASE,
)
_CHANGED_AFTER: Final = re.compile(
    rf"\s?[(\[][^()\[\]]{{0,10}}(?:{_CHANGED.pattern})", re.IGNORECASE
)


class VisibleDate(NamedTuple):
    """A date as ISO 8601, without a zone, and where it stands in its text."""

    value: str
    start: int
    end: int
    is_change: bool


class _Found(NamedTuple):
    day: date
    match: re.Match[str]


def visible_dates(text: str, *, day_first: bool = False) -> list[VisibleDate]:
    """The dates in one line of text, in order, each with its time of day if that follows it.

    Digits of all scripts are read, the Gregorian, the Solar Hijri (in Persian), the Buddhist (in
    Thai) and the Japanese calendar, and years of two digits where day and month have two as well.
    Only dates that can be read in one way: 03/04/2025 is none unless `day_first`, as it is in all
    languages but English; 03.04.2025 is the third of April, 23/04/2025 the twenty-third.
    """
    plain = ascii_digits(text)
    found = sorted(_all_dates(plain, text, day_first=day_first), key=lambda one: one.match.start())
    kept: list[VisibleDate] = []
    end = 0
    for day, match in found[:_MAX_DATES]:
        if match.start() < end:
            continue
        label = plain[max(end, match.start() - _LABEL) : match.start()]
        end = match.end()
        is_change = _CHANGED.search(label) or _CHANGED_AFTER.match(plain, end)
        value = _with_clock(day, plain, end)
        kept.append(VisibleDate(value, match.start(), end, is_change is not None))
    return kept


def says_change(text: str) -> bool:
    """Whether what stands before a date says that it is that of a change: "Updated:"."""
    return _CHANGED.search(text) is not None


def _all_dates(plain: str, text: str, *, day_first: bool) -> Iterator[_Found]:
    for form in _DATES:
        for match, _ in zip(form.finditer(plain), range(_MAX_DATES), strict=False):
            near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            day = _day(match, near, day_first=day_first)
            if day is not None:
                yield _Found(day, match)


def _day(match: re.Match[str], near: str, *, day_first: bool) -> date | None:
    parts = {name: part for name, part in match.groupdict().items() if part}
    if "y" in parts:
        year, month, day = (han_number(parts[name]) or 0 for name in "ymd")
        return gregorian_date(year, month, day, near) if year > _LARGEST_MONTH else None
    day = int(parts["day"])
    if reign := parts.get("reign"):
        return gregorian_date(reign_year(reign, parts["year"]), int(parts["month"]), day, near)
    year = int(parts["year"])
    if name := parts.get("name", "").casefold():
        jalali = JALALI_MONTHS.get(name)
        month = MONTHS.get(name) or jalali or 0
        return gregorian_date(year, month, day, near + _PERSIAN_LETTER if jalali else near)
    month = int(parts["month"])
    mark = parts.get("mark")
    is_certain = mark == "." or day_first or is_persian(near)
    if mark is not None and not is_certain:
        if max(day, month) <= _LARGEST_MONTH and day != month:
            return None
        day, month = max(day, month), min(day, month)
    return gregorian_date(year, month, day, near)


def _with_clock(day: date, text: str, end: int) -> str:
    clock = _CLOCK.match(text, end)
    if clock is None:
        return day.isoformat()
    hour, minute = int(clock["hour"]), int(clock["minute"])
    before = text[end : clock.start("hour")]
    half = clock["half"] or {"ص": "a", "م": "p"}.get(clock["arabic"] or "")
    half = half or ("p" if _AFTERNOON.search(before) else "a" if _MORNING.search(before) else None)
    if half and hour <= _NOON:
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 23 or minute > 59:  # noqa: PLR2004 - of a day, of an hour
        return day.isoformat()
    return f"{day.isoformat()}T{hour:02}:{minute:02}:00"


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
_LABEL_AGAIN: Final = re.compile(r"\s?publish(?:ed)?(?: date)?", re.IGNORECASE)
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
_ELEMENT_LABEL: Final = re.compile("|".join(_LABELS))
_MAX_LABELLED: Final = 200  # characters of a piece of text
_VALUES: Final = ("datetime", "content", "title")
_ELEMENT_DAY: Final = len("2025-04-01")


class _Dated(NamedTuple):
    name: str
    date: Candidate


def labelled_dates(tree: HtmlElement, *, day_first: bool = False) -> list[Candidate]:
    """The date behind the first "Published on" or the like, wherever that stands."""
    for text in _labelled_texts(tree)[:_MAX_ELEMENTS]:
        for element in islice((text.getparent(), *text.getparent().iterancestors()), _LABEL_LEVELS):
            line = element_text(element)
            label = _ELEMENT_LABEL.search(line)
            if label is None or len(line) > _LONGEST:
                break
            again = _LABEL_AGAIN.match(line, label.end())  # for those who listen
            start = label.end() if again is None else again.end()
            dates = visible_dates(line[start:], day_first=day_first)
            if dates and dates[0].start <= _LABEL_GAP and not dates[0].is_change:
                return [Candidate(dates[0].value, BYLINE)]
    return []


def _labelled_texts(tree: HtmlElement) -> list[Any]:
    """The short pieces of text that hold a label, each of which knows its element."""
    # Most pages have none of them, and few have two: so XPath is asked for those alone.
    texts = "\n".join(text for text in tree.itertext() if len(text) < _MAX_LABELLED)
    labels = [label for label in _LABELS if label in texts]
    if not labels:
        return []
    texts_with_elements: list[Any] = tree.xpath(
        f"descendant::text()[string-length() < {_MAX_LABELLED}]"
        f"[{' or '.join(f'contains(., {label!r})' for label in labels)}]"
        "[parent::*[not(self::script or self::style)]]"
    )
    return texts_with_elements


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
    if len({one.date.value[:_ELEMENT_DAY] for one in dated}) > 1:
        counts = Counter(one.name for one in dated)
        dated = [one for one in dated if counts[one.name] == 1]
    is_one = len({one.date.value[:_ELEMENT_DAY] for one in dated}) == 1
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
