from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.metadata.headlines import dates_near, headline_area


def _values(page: lxml.html.HtmlElement) -> list[str]:
    near = dates_near(headline_area(page, []))
    return [date.value for date in (*near.published, *near.later)]


def test_the_date_of_a_change_is_not_that_of_the_publication() -> None:
    page = lxml.html.document_fromstring(
        "<h1>Bridge</h1><p>Aktualisiert: <b>5. April 2025</b> Erstellt: <b>3. April 2025</b></p>"
    )
    dates = dates_near(headline_area(page, ["Bridge"]))
    assert [date.value for date in dates.published] == ["2025-04-03"]
    assert [date.value for date in dates.modified] == ["2025-04-05"]


def test_a_time_element_says_it_best() -> None:
    page = lxml.html.document_fromstring(
        "<h1>Bridge</h1><time datetime='2025-04-03T10:00Z'>3 April 2025</time>"
    )
    assert dates_near(headline_area(page, [])).published == [
        ("2025-04-03T10:00Z", "time"),
        ("2025-04-03", "byline"),
    ]


def test_a_date_in_a_sentence_is_not_that_of_the_publication() -> None:
    text = "The concert on the old bridge is on 5 April 2025, 19:30, " + "as it is every year. " * 4
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{text}</p><p>3 April 2025</p>")
    assert _values(page) == ["2025-04-03"]


@pytest.mark.parametrize(
    "paragraph",
    [
        "On 3 March 1998 the old bridge was closed.",
        f"On 3 March 1998 the <a href=x>old bridge</a> was closed, {'as it was every year, ' * 5}",
    ],
)
def test_a_sentence_is_one_however_short_or_cut_up_by_links(paragraph: str) -> None:
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{paragraph}</p><p>3 April 2025</p>")
    assert _values(page) == ["2025-04-03"]


@pytest.mark.parametrize(
    "paragraph",
    [
        f"By Ann Lee<br>3 April 2025<br>{'The old bridge was closed again. ' * 5}",
        "By Ann Lee on Thursday, April 3rd, 2025 at 11:08 p.m.",
    ],
)
def test_a_line_that_says_who_and_when_is_no_sentence(paragraph: str) -> None:
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{paragraph}</p>")
    assert _values(page)[0].startswith("2025-04-03")


LONG = "The old bridge over the river was closed again on Monday for the works of the summer. " * 2


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>8.11.2021 | Bridge</h1><p>{LONG}</p>",
        f"<h1><time datetime=2021-11-08>x</time> Bridge</h1><p>{LONG}</p>",
        f"<h1>Bridge</h1><p>8.11.2021 - {LONG}</p>",
        f"<h1>Bridge</h1><p>Berlin, 8. November 2021. {LONG}</p>",
        f"<h1>Bridge</h1><p>Velden (8.11.2021): {LONG}</p>",
    ],
)
def test_a_date_may_open_the_headline_or_the_text(page: str) -> None:
    assert _values(lxml.html.document_fromstring(page)) == ["2021-11-08"]


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>Concert on 8.11.2021 | Bridge</h1><p>{LONG}</p>",
        f"<h1>Bridge</h1><p>On 8 November 2021 {LONG}</p>",
        f"<h1>Bridge</h1><p>Since 8.11.2021 {LONG}</p>",
    ],
)
def test_a_date_that_is_told_of_opens_nothing(page: str) -> None:
    assert _values(lxml.html.document_fromstring(page)) == []


def test_a_date_behind_the_first_sentence_comes_last() -> None:
    page = f"<div><p>3 April 2025</p><h1>Bridge</h1><p>{LONG}</p><p>5 April 2025</p></div>"
    near = dates_near(headline_area(lxml.html.document_fromstring(page), []))
    assert [date.value for date in near.published] == ["2025-04-03"]
    assert [date.value for date in near.later] == ["2025-04-05"]


def test_what_a_time_element_shows_counts_before_its_attribute() -> None:
    shown = "<h1>Bridge</h1><time datetime='{}'>Published on 3 April 2025</time>"
    page = lxml.html.document_fromstring(shown.format("2025-04-09T10:18:46Z"))
    assert dates_near(headline_area(page, [])).published == [("2025-04-03", "byline")]
    page = lxml.html.document_fromstring(shown.format("2025-04-04T01:18:46Z"))
    assert _values(page) == ["2025-04-04T01:18:46Z", "2025-04-03"]


@pytest.mark.parametrize(
    "line",
    [
        "Pressemitteilung vom 25. Januar 2022 | Berlin \u2013 Die Br\u00fccke ist offen, ",
        "Communiqu\u00e9 du 25 janvier 2022 \u2013 Le pont est ouvert depuis lundi matin, ",
        "Statement of 25 January 2022: The bridge has been open to all traffic since Monday, ",
    ],
)
def test_what_a_text_calls_itself_and_its_day_open_it(line: str) -> None:
    page = lxml.html.document_fromstring(f"<h1>Bridge</h1><p>{line}{'as it was before. ' * 6}</p>")
    assert _values(page) == ["2022-01-25"]
