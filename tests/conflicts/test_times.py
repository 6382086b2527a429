from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawler.conflicts.compare import times_agree

NOON = datetime(2024, 5, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOON, "2024-05-14T12:59:59Z"),
        (NOON, "2024-05-14T14:00:00+02:00"),
        (NOON, "2024-05-14"),
        (NOON.replace(tzinfo=None), "2024-05-14T22:00:00+02:00"),
        (NOON, "2024-05-15T02:00:00"),  # local to the Line Islands
        (NOON, "2024-05-14T00:00:00Z"),  # a date on its way through a program
        (date(2024, 5, 14), "2024-05-15T09:00:00Z"),  # still the 14th in the far west
        (date(2024, 5, 14), "2024-05-13T11:00:00Z"),  # already the 14th in the far east
        (datetime(2024, 5, 14, 23, tzinfo=timezone(timedelta(hours=-7))), "2024-05-15"),
        ("2024-05-14", "2024-05-14"),
    ],
)
def test_what_may_be_the_same_moment_agrees(one: str | date, other: str) -> None:
    assert times_agree(one, other) is True
    assert times_agree(other, one) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOON, "2024-05-14T13:00:00Z"),
        (NOON, "2024-05-14T12:00:00+02:00"),
        (NOON, "2024-05-16"),
        (NOON, "2024-05-12"),
        (NOON, "2024-05-15T04:00:00"),
        (date(2024, 5, 14), "2024-05-15T14:00:00Z"),
        ("2024-05-14", "2024-05-17"),
    ],
)
def test_what_cannot_be_conflicts(one: str | date, other: str) -> None:
    assert times_agree(one, other) is False
    assert times_agree(other, one) is False


@pytest.mark.parametrize("value", ["soon", "", "2024-13-40", "9999-12-31", "0001-01-01"])
def test_what_is_no_time_says_nothing(value: str) -> None:
    assert times_agree(value, "2024-05-14") is None
