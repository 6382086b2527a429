"""Digits and calendars of the world: what a reader's date means in ISO 8601.

Persian news dates by the Solar Hijri (Jalali) calendar, Thai ones count years from the Buddha, and
Japanese ones from the beginning of a reign.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

# Letters that Persian has and Arabic has not, and the digits that are its own.
_PERSIAN: Final = re.compile("[پچژگ\u06cc\u06a9\u06f0-\u06f9]")
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_JALALI_YEARS: Final = range(1370, 1500)  # from the year of the web on
_BUDDHIST_YEARS: Final = range(2534, 2650)
_BEFORE_CHRIST: Final = 543
_TWO_DIGITS: Final = 100
_OLDEST: Final = 91  # 91 to 99 are of the last century
# The year before the first of each reign; the third letter stands for "first".
_REIGNS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925}
_FIRST_YEAR: Final = "元"

REIGN: Final = "|".join(_REIGNS)
JALALI_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "فروردین فروردين",
            "اردیبهشت ارديبهشت",
            "خرداد",
            "تیر تير",
            "مرداد امرداد",
            "شهریور شهريور",
            "مهر",
            "آبان",
            "آذر",
            "دی دي",
            "بهمن",
            "اسفند",
        ),
        1,
    )
    for name in names.split()
}
_HAN_DIGITS: Final = {
    **{digit: number for number, digit in enumerate("〇一二三四五六七八九")},
    **dict.fromkeys("零○\uff2f", 0),
}
_HAN_TEN: Final = "十"
HAN_NUMBER: Final = f"[{''.join(_HAN_DIGITS)}{_HAN_TEN}]"
_HAN_YEAR_DIGITS: Final = 4


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script written 0 to 9; its length stays."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(character))
        if character.isdecimal() and not character.isascii()
        else character
        for character in text
    )


def is_persian(text: str) -> bool:
    """Whether a text is written as only Persian is."""
    return _PERSIAN.search(text) is not None


def gregorian_date(year: int, month: int, day: int, context: str) -> date | None:
    """The date that readers of a text understand, or None where there is no such day.

    Args:
        year: as it stands there; two digits are of 1991 to 2090.
        month: a number that counts in the calendar of the year.
        context: the text, which tells the calendar by its script.
    """
    try:
        if year < _TWO_DIGITS:
            return date(year + (1900 if year >= _OLDEST else 2000), month, day)
        if year in _JALALI_YEARS:
            return _from_jalali(year, month, day) if is_persian(context) else None
        if year in _BUDDHIST_YEARS:
            return date(year - _BEFORE_CHRIST, month, day) if _THAI.search(context) else None
        return date(year, month, day)
    except ValueError:
        return None


def _from_jalali(year: int, month: int, day: int) -> date:
    from convertdate import persian  # noqa: PLC0415 - 70 ms, and pages in Persian are few

    if not (1 <= month <= 12 and 1 <= day <= persian.month_length(year, month)):  # noqa: PLR2004
        raise ValueError(month, day)
    return date(*persian.to_gregorian(year, month, day))


def reign_year(reign: str, year: str) -> int:
    """The year of our era that a Japanese one is: 令和, 6 → 2024."""
    return _REIGNS[reign] + (1 if year == _FIRST_YEAR else int(year))


def han_number(text: str) -> int | None:
    """A number up to 99, or a year, in Chinese characters: 二十三, 二〇二四."""
    if _HAN_TEN not in text:
        digits = [str(_HAN_DIGITS[character]) for character in text if character in _HAN_DIGITS]
        is_number = len(digits) in {1, _HAN_YEAR_DIGITS} and len(digits) == len(text)
        return int("".join(digits)) if is_number else None
    tens, _, ones = text.partition(_HAN_TEN)
    if len(tens) > 1 or len(ones) > 1 or _HAN_TEN in ones:
        return None
    return 10 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0)
