from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.downloader.host_state import LONGEST_REST
from crawler.downloader.retry import longest_retry_after, retry_after, time_at

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 31.0),
        ("Tuesday, 24-Nov-26 12:00:30 GMT", 31.0),
        ("Tue Nov 24 12:00:30 2026", 31.0),
        ("Tue, 24 Nov 2026 12:00:30 +0000", 31.0),
    ],
)
def test_seconds_and_all_forms_of_dates_are_understood(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "soon", "never", "1e3", "inf", "NaN", "١٢", "\x00", "5 parsecs", "1.2.3", ".5"),
        *("-5", "-0.5", "-1795521600", "2026-11-24T25:00:00Z", "Tue, 99 Nov 2026 12:00:30 GMT"),
    ],
)
def test_anything_else_is_no_answer(value: str | None) -> None:
    assert retry_after(value, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1.5", 1.5),
        ("120.", 120.0),
        ('"120"', 120.0),
        ("120s", 120.0),
        ("120 seconds", 120.0),
        ("500 ms", 0.5),
        ("5m", 300.0),
        ("2 hours", 7200.0),
        ("30, 60", 60.0),
        (f"{NOW.timestamp() + 60:.0f}", 61.0),
        (f"{NOW.timestamp() + 60:.3f}", 61.0),
        (f"{(NOW.timestamp() + 60) * 1e3:.0f}", 61.0),
        (f"{(NOW.timestamp() + 60) * 1e6:.0f}", 61.0),
        (f"{(NOW.timestamp() + 60):.0f}000000000", 61.0),
        ("2026-11-24T12:00:30Z", 31.0),
        ("2026-11-24T13:00:30+01:00", 31.0),
        ("2026-11-24 12:00:30", 31.0),
    ],
)
def test_so_are_the_forms_that_servers_write_in_their_place(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    "value",
    [
        *("31622400", "999999999", "9" * 400, "9999999999", "9" * 400 + ".5", "4 days", "100h"),
        *("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z", "2027-01-01"),
    ],
)
def test_nobody_has_us_wait_for_more_than_some_days(value: str) -> None:
    assert retry_after(value, NOW) == LONGEST_REST.total_seconds() == 3 * 86_400


@pytest.mark.parametrize(
    "value", ["Tue, 24 Nov 2026 11:00:00 GMT", "2026-11-24T11:00:00Z", "1000000000", "1" + "0" * 12]
)
def test_a_time_that_is_over_asks_for_nothing(value: str) -> None:
    assert retry_after(value, NOW) is None


def test_the_time_of_a_server_is_that_of_its_date_field() -> None:
    assert time_at(b"Tue, 24 Nov 2026 12:00:00 GMT") == NOW
    assert time_at(b"yesterday") is None
    assert time_at(None) is None


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ([], None),
        ([b"soon"], None),
        ([b"4", b"2"], 4.0),
        ([b"soon", b"Tue, 24 Nov 2026 12:00:30 GMT", b"5"], 31.0),
        ([b"\xff", b"0"], 0.0),
    ],
)
def test_of_several_the_longest_counts(fields: list[bytes], seconds: float | None) -> None:
    assert longest_retry_after(fields, NOW) == seconds
