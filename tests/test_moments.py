from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from crawler.moments import moment, utc_text

AT = datetime(2024, 5, 14, 6, 30, tzinfo=UTC)


def test_a_moment_is_written_in_utc_with_whole_seconds() -> None:
    east = AT.astimezone(timezone(timedelta(hours=2))).replace(microsecond=999_999)
    assert utc_text(east) == "2024-05-14T06:30:00Z"


def test_a_text_is_read_with_any_offset_and_as_utc_without_one() -> None:
    assert moment("2024-05-14T06:30:00Z") == AT
    assert moment("2024-05-14T08:30:00+02:00") == AT
    assert moment("2024-05-14T06:30:00") == AT
