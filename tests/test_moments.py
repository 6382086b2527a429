from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawler.timestamps import day_of, moment, utc_text

AT = datetime(2024, 5, 14, 6, 30, tzinfo=UTC)


def test_a_moment_is_written_in_utc_with_whole_seconds() -> None:
    east = AT.astimezone(timezone(timedelta(hours=2))).replace(microsecond=999_999)
    assert utc_text(east) == "2024-05-14T06:30:00Z"


def test_a_text_is_read_with_any_offset_and_as_utc_without_one() -> None:
    assert moment("2024-05-14T06:30:00Z") == AT
    assert moment("2024-05-14T08:30:00+02:00") == AT
    assert moment("2024-05-14T06:30:00") == AT


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2024, 5, 14), "2024-05-14"),
        (datetime(2024, 5, 14, 23, 30, tzinfo=timezone(-timedelta(hours=2))), "2024-05-15"),
        (datetime(2024, 5, 14, 23, 30), "2024-05-14"),  # noqa: DTZ001 - read as it is
        ("2024-05-14", "2024-05-14"),
        ("2024-05-14T23:30:00-02:00", "2024-05-15"),
        ("2024-05-14 23:30", "2024-05-14"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "0001-01-01"),
        *((value, None) for value in ("2024-02-30", "soon", "", None, 20240514)),
    ],
)
def test_the_day_of_anything_is_that_in_utc(value: object, day: str | None) -> None:
    assert day_of(value) == day
