from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.fetch.hosts.retry_after import longest_retry_after, retry_after

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
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 400, 366 * 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 366 * 86_400.0),
    ],
)
def test_seconds_and_all_forms_of_dates_are_understood(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    "value", [None, "", "soon", "-5", "1.5", "1e3", "١٢", "Tue, 99 Nov 2026 12:00:30 GMT", "\x00"]
)
def test_anything_else_is_no_answer(value: str | None) -> None:
    assert retry_after(value, NOW) is None


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
