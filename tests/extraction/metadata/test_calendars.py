from __future__ import annotations

from datetime import date

import pytest

from crawler.extraction.metadata.calendars import ascii_digits, gregorian_date, han_number


def test_digits_of_all_scripts_keep_their_places() -> None:
    text = "٢٤ / ۲۴ / ২৪ / २४ / ๒๔ / 24 / ²"
    assert ascii_digits(text) == "24 / 24 / 24 / 24 / 24 / 24 / ²"


@pytest.mark.parametrize(
    ("parts", "context", "expected"),
    [
        ((1399, 4, 12), "۱۳۹۹", date(2020, 7, 2)),
        ((1403, 12, 30), "گزارش", date(2025, 3, 20)),
        ((1403, 13, 1), "گزارش", None),
        ((1399, 4, 12), "1399", None),
        ((2563, 4, 24), "เมษายน", date(2020, 4, 24)),
        ((2563, 4, 24), "2563", None),
        ((23, 10, 30), "", date(2023, 10, 30)),
        ((95, 10, 30), "", date(1995, 10, 30)),
        ((2024, 2, 30), "", None),
    ],
)
def test_a_year_is_read_in_the_calendar_of_its_text(
    parts: tuple[int, int, int], context: str, expected: date | None
) -> None:
    assert gregorian_date(*parts, context) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("五", 5),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十一", 31),
        ("二〇二四", 2024),
        ("十十", None),
        ("二三", None),
    ],
)
def test_chinese_numbers_are_read(text: str, number: int | None) -> None:
    assert han_number(text) == number
