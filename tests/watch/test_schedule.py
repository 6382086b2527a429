from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.options import OptionError
from crawler.watch.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_span_is_counted_from_now() -> None:
    now = utc("2026-03-01 12:00")
    assert Schedule.parse("6h").after(now) == now + timedelta(hours=6)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("cron", "now", "then"),
    [
        ("*/15 * * * *", "2026-01-05 12:01", "2026-01-05 12:15"),
        ("*/15 * * * *", "2026-01-05 12:15", "2026-01-05 12:30"),
        ("0 6 * * *", "2026-01-05 12:00", "2026-01-06 05:00"),
        ("0 6 * * *", "2026-07-05 12:00", "2026-07-06 04:00"),
        ("0 6 * * mon", "2026-01-06 12:00", "2026-01-12 05:00"),
        ("30 2 * * *", "2026-03-29 00:00", "2026-03-29 00:30"),  # an hour that is skipped
        ("30 * * * *", "2026-10-25 00:45", "2026-10-25 02:30"),  # one that comes twice
    ],
)
def test_a_cron_expression_names_times_of_the_clock_on_the_wall(
    cron: str, now: str, then: str
) -> None:
    found = Schedule.parse(cron).after(utc(now))
    assert utc(now) < found
    assert abs(found - utc(then)) <= timedelta(hours=1 if now == "2026-03-29 00:00" else 0)


@pytest.mark.parametrize(
    "text", ["", "0s", "6", "hourly", "* * * *", "60 * * * *", "0 0 31 2 *", "* * * * * * *"]
)
def test_what_is_no_schedule_is_an_error(text: str) -> None:
    with pytest.raises(OptionError, match="every: "):
        Schedule.parse(text)
