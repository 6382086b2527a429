from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.options import OptionError
from crawler.watch.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set the zone of this process."""

    def put(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def berlin(clock: Callable[[str], None]) -> None:
    clock("CET-1CEST,M3.5.0,M10.5.0/3")


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
    ],
)
def test_a_cron_expression_names_times_of_the_clock_on_the_wall(
    cron: str, now: str, then: str
) -> None:
    assert Schedule.parse(cron).after(utc(now)) == utc(then)


BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


@pytest.mark.parametrize(
    ("zone", "cron", "now", "runs"),
    [
        # The clock is put forward: what it skips comes at once, and once.
        (BERLIN, "30 2 * * *", "2027-03-27 12:00", ["03-28 01:00", "03-29 00:30"]),
        (BERLIN, "30 2 * * *", "2027-03-28 00:29", ["03-28 01:00", "03-29 00:30"]),
        (BERLIN, "*/15 * * * *", "2027-03-28 00:44", ["03-28 00:45", "03-28 01:00", "03-28 01:15"]),
        (BERLIN, "30 2,3 * * *", "2027-03-28 00:00", ["03-28 01:00", "03-28 01:30"]),
        # It is put back: what it shows twice comes once, if the hour is named.
        (BERLIN, "30 2 * * *", "2026-10-25 00:00", ["10-25 00:30", "10-26 01:30"]),
        (BERLIN, "30 2 * * *", "2026-10-25 01:10", ["10-26 01:30"]),
        (BERLIN, "*/30 2 * * *", "2026-10-25 00:10", ["10-25 00:30", "10-26 01:00"]),
        (BERLIN, "30 * * * *", "2026-10-25 00:15", ["10-25 00:30", "10-25 01:30", "10-25 02:30"]),
        (BERLIN, "0 0-23 * * *", "2026-10-25 00:45", ["10-25 01:00", "10-25 02:00"]),
        # By half an hour, at midnight, by two hours, and by a day.
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03 12:00", ["10-03 15:30", "10-04 15:15"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2027-04-03 12:00", ["04-03 14:45", "04-04 15:15"]),
        ("America/Havana", "30 0 * * *", "2026-03-08 04:00", ["03-08 05:00", "03-09 04:30"]),
        ("Antarctica/Troll", "30 1 * * *", "2027-03-28 00:00", ["03-28 01:00", "03-28 23:30"]),
        ("Pacific/Apia", "0 5 * * *", "2011-12-30 09:30", ["12-30 10:00", "12-30 15:00"]),
        ("Pacific/Apia", "0 * * * *", "2011-12-30 08:10", ["12-30 09:00", "12-30 10:00"]),
    ],
)
def test_an_hour_that_the_clock_skips_or_repeats_moves_a_run_and_loses_or_doubles_none(
    clock: Callable[[str], None], zone: str, cron: str, now: str, runs: list[str]
) -> None:
    clock(zone)
    schedule, at, found = Schedule.parse(cron), utc(now), []
    for _ in runs:
        at = schedule.after(at)
        found.append(f"{at:%m-%d %H:%M}")
    assert found == runs


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/7 * * * *", "0 3 28 3 *"])
def test_no_time_lies_in_the_past_and_none_is_now(cron: str) -> None:
    schedule = Schedule.parse(cron)
    for start in ("2027-03-27 22:00", "2026-10-24 22:00"):
        for minutes in range(0, 360, 3):
            now = utc(start) + timedelta(minutes=minutes, seconds=minutes % 60)
            assert schedule.after(now) > now


@pytest.mark.parametrize(
    "text",
    ["", "0s", "6", "hourly", "* * * *", "60 * * * *", "0 0 30 2 *", "0 0 31 4,6 *", "* * * * * *"],
)
def test_what_is_no_schedule_is_an_error(text: str) -> None:
    with pytest.raises(OptionError, match="every: "):
        Schedule.parse(text)
