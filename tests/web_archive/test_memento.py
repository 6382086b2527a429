from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.web_archive import (
    accept_datetime,
    as_captured,
    joined,
    memento_datetime,
    moment_of_snapshot,
    page_of_snapshot,
    snapshot_time,
    stamp,
)

AT = datetime(2024, 5, 16, 8, 9, 10, tzinfo=UTC)
FIELD = "Thu, 16 May 2024 08:09:10 GMT"
URL = "https://archive.example/all/20240516080910mp_/http://news.example/a?b=/c"


def test_a_time_is_asked_for_in_utc_wherever_it_was_noted() -> None:
    there = AT.astimezone(timezone(timedelta(hours=9)))
    assert accept_datetime(there) == FIELD
    assert stamp(there) == "20240516080910"


def test_the_time_of_a_snapshot_is_read_off_its_field() -> None:
    assert memento_datetime(FIELD) == AT


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2024-05-16",
        "Thu, 99 May 2024 08:09:10 GMT",
        "Fri, 31 Dec 9999 23:59:59 -1400",
    ],
)
def test_a_field_that_is_no_time_gives_none(value: str) -> None:
    assert memento_datetime(value) is None


def test_the_url_of_a_snapshot_names_its_time_and_its_page() -> None:
    assert moment_of_snapshot(URL) == AT
    assert page_of_snapshot(URL) == "http://news.example/a?b=/c"
    assert as_captured(URL) == URL.replace("mp_", "id_")


def test_a_redirect_may_be_relative_and_may_lead_nowhere() -> None:
    assert joined("https://archive.example/x", b"/web/1") == "https://archive.example/web/1"
    assert joined("https://archive.example/x", b"http://[::1") == ""


@given(st.text() | st.from_regex(r"[0-9]{1,2} Jan [0-9]{4} [0-9:]{0,8} [+-][0-9]{4}"))
def test_no_field_breaks_anything(value: str) -> None:
    at = memento_datetime(value)
    assert at is None or at.tzinfo is UTC


def test_a_url_of_another_form_stays_as_it_is_and_names_nothing() -> None:
    url = "https://archive.example/snapshot/7"
    assert (as_captured(url), moment_of_snapshot(url), page_of_snapshot(url)) == (url, None, None)


@pytest.mark.parametrize(
    ("status", "field", "expected"),
    [
        (200, FIELD, AT),
        (404, FIELD, AT),
        (200, None, AT),
        (200, "nonsense", AT),
        (404, None, None),
        (503, None, None),
    ],
)
def test_an_error_is_a_snapshot_only_if_it_says_so(
    status: int, field: str | None, expected: datetime | None
) -> None:
    memento = None if field is None else field.encode()
    assert snapshot_time(URL, status, memento) == expected


def test_a_page_at_no_time_is_no_snapshot() -> None:
    assert snapshot_time("https://archive.example/about", 200, None) is None
