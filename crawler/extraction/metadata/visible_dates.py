"""Dates in running text, as readers see them: "Veröffentlicht: 1. April 2025, 15:25 Uhr"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

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
from crawler.extraction.metadata.month_names import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

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
