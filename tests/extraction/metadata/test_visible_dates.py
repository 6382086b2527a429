from __future__ import annotations

import time

import lxml.html
import pytest

from crawler.extraction.metadata.headline_area import headline_area
from crawler.extraction.metadata.visible_dates import dates_near, visible_dates


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
    ],
)
def test_a_date_is_found_in_a_line_of_text(text: str, expected: str) -> None:
    assert visible_dates(text)[0].value == expected


@pytest.mark.parametrize(
    "text",
    ["", "03/04/2025", "31.02.2025", "1.2.3", "5 tomatoes 2025", "32 May 2025", "+49 30 2025 1234"],
)
def test_what_is_no_date_or_two_is_none(text: str) -> None:
    assert visible_dates(text) == []


def test_only_english_puts_the_month_first() -> None:
    assert visible_dates("03/04/2025", day_first=True)[0].value == "2025-04-03"


def test_listopad_is_another_month_in_croatian_than_in_polish() -> None:
    assert visible_dates("5 listopada 2025") == []


def test_the_date_of_a_change_comes_after_that_of_the_publication() -> None:
    page = lxml.html.document_fromstring(
        "<h1>Bridge</h1><p>Aktualisiert: <b>5. April 2025</b> Erstellt: <b>3. April 2025</b></p>"
    )
    dates = dates_near(headline_area(page, ["Bridge"]))
    assert [date.value for date in dates] == ["2025-04-03", "2025-04-05"]


def test_a_time_element_says_it_best() -> None:
    page = lxml.html.document_fromstring(
        "<h1>Bridge</h1><time datetime='2025-04-03T10:00Z'>3 April 2025</time>"
    )
    assert dates_near(headline_area(page, [])) == [
        ("2025-04-03T10:00Z", "time"),
        ("2025-04-03", "byline"),
    ]


@pytest.mark.parametrize("text", ["1" * 100_000, "5 " * 50_000, "5.4." * 30_000, "May " * 30_000])
def test_a_hostile_line_costs_little(text: str) -> None:
    start = time.process_time()
    visible_dates(text)
    assert time.process_time() - start < 1


def test_a_date_in_a_sentence_is_not_that_of_the_publication() -> None:
    text = "The concert on the old bridge is on 5 April 2025, 19:30, " + "as it is every year. " * 4
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{text}</p><p>3 April 2025</p>")
    assert [date.value for date in dates_near(headline_area(page, []))] == ["2025-04-03"]


@pytest.mark.parametrize(
    "paragraph",
    [
        "On 3 March 1998 the old bridge was closed.",
        f"On 3 March 1998 the <a href=x>old bridge</a> was closed, {'as it was every year, ' * 5}",
    ],
)
def test_a_sentence_is_one_however_short_or_cut_up_by_links(paragraph: str) -> None:
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{paragraph}</p><p>3 April 2025</p>")
    assert [date.value for date in dates_near(headline_area(page, []))] == ["2025-04-03"]


@pytest.mark.parametrize(
    "paragraph",
    [
        f"By Ann Lee<br>3 April 2025<br>{'The old bridge was closed again. ' * 5}",
        "By Ann Lee on Thursday, April 3rd, 2025 at 11:08 p.m.",
    ],
)
def test_a_line_that_says_who_and_when_is_no_sentence(paragraph: str) -> None:
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{paragraph}</p>")
    assert dates_near(headline_area(page, []))[0].value.startswith("2025-04-03")
