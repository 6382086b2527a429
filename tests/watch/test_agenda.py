from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.watch.options import Pace
from crawler.watch.queue import Agenda, Job, Trigger
from crawler.watch.schedule import Schedule

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
A, B = Path("a.md"), Path("b.md")
ALL = Job(Trigger.START)


@pytest.fixture
def agenda() -> Agenda:
    """One whose first run is over."""
    agenda = Agenda(Pace(quiet=1.0, patience=60.0, gap=60.0))
    assert agenda.take(0.0, NOW) == ALL
    agenda.done(ALL, NOW, visited=1)
    return agenda


def files(*paths: Path) -> Job:
    return Job(Trigger.FILES, paths)


def test_all_items_are_run_once_at_the_start() -> None:
    agenda = Agenda(Pace())
    assert agenda.wait(0.0, NOW) == 0
    assert agenda.take(0.0, NOW) == ALL
    assert agenda.take(0.0, NOW) is None
    assert agenda.wait(0.0, NOW) == 60


def test_changes_are_taken_together_once_it_is_quiet(agenda: Agenda) -> None:
    agenda.changed([B], 10.0)
    agenda.changed([A, B], 10.5)
    assert agenda.pending == 2
    assert agenda.take(11.4, NOW) is None
    assert agenda.wait(11.4, NOW) == pytest.approx(0.1)
    assert agenda.take(11.5, NOW) == files(A, B)
    assert agenda.take(20.0, NOW) is None


def test_changes_without_end_are_taken_after_ten_times_as_long(agenda: Agenda) -> None:
    for step in range(24):
        agenda.changed([A], 10.0 + step / 2)
        taken = agenda.take(10.0 + step / 2, NOW)
        assert (taken is not None) == (step == 20)


@pytest.mark.parametrize("unknown", [True, False])
def test_many_changes_or_unknown_ones_are_looked_for_among_all_items(
    agenda: Agenda, unknown: bool
) -> None:
    changed = None if unknown else [Path(f"{number}.md") for number in range(1001)]
    agenda.changed([A], 10.0)
    agenda.changed(changed, 10.0)
    assert agenda.take(11.0, NOW) == Job(Trigger.FILES)
    assert agenda.take(12.0, NOW) is None


def test_a_long_run_of_all_is_interrupted_for_changes_and_goes_on_after_them(
    agenda: Agenda,
) -> None:
    assert not agenda.is_to_interrupt(ALL, 0.0, 100.0)
    agenda.changed([A], 50.0)
    assert not agenda.is_to_interrupt(ALL, 0.0, 59.0)
    assert not agenda.is_to_interrupt(files(B), 0.0, 100.0)
    assert agenda.is_to_interrupt(ALL, 0.0, 60.0)
    agenda.put_back(ALL, 61.0)
    assert agenda.take(61.0, NOW) == files(A)
    agenda.changed([B], 61.0)
    assert agenda.take(63.0, NOW) == ALL, "changes keep it from ever going on"
    assert agenda.take(63.0, NOW) == files(B)


def test_a_run_that_could_not_be_done_is_tried_again_with_growing_gaps(agenda: Agenda) -> None:
    gaps, clock = [], 0.0
    for _ in range(10):
        agenda.changed([A], clock)
        clock += agenda.wait(clock, NOW)
        assert agenda.take(clock, NOW) == files(A)
        agenda.failed(files(A), clock)
        gaps.append(agenda.wait(clock, NOW))
        clock += gaps[-1]
    assert gaps == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    agenda.done(files(A), NOW, visited=1)
    agenda.failed(files(A), clock)
    assert agenda.wait(clock, NOW) == 2


def test_revisits_are_run_when_they_fall_due_but_not_at_once_after_a_run_of_all(
    agenda: Agenda,
) -> None:
    agenda.revisit(NOW - timedelta(hours=1))
    assert agenda.at == NOW + timedelta(seconds=60)
    agenda.revisit(NOW + timedelta(seconds=90))
    assert agenda.wait(0.0, NOW + timedelta(seconds=50)) == 40
    assert agenda.take(0.0, NOW + timedelta(seconds=89)) is None
    due = agenda.take(0.0, NOW + timedelta(seconds=90))
    assert due == Job(Trigger.REVISIT)
    assert agenda.at is None


def test_changes_do_not_put_revisits_off(agenda: Agenda) -> None:
    agenda.revisit(NOW)
    for second in range(0, 50, 10):
        now = NOW + timedelta(seconds=second)
        agenda.done(files(A), now, visited=1)
        agenda.revisit(NOW)
    assert agenda.at == NOW + timedelta(seconds=60)


def test_runs_for_revisits_that_visit_nothing_become_rare(agenda: Agenda) -> None:
    gaps = []
    for _ in range(9):
        agenda.done(Job(Trigger.REVISIT), NOW, visited=0)
        agenda.revisit(NOW)
        assert agenda.at is not None
        gaps.append((agenda.at - NOW).total_seconds() / 60)
    assert gaps == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    agenda.done(Job(Trigger.REVISIT), NOW, visited=1)
    agenda.revisit(NOW)
    assert agenda.at == NOW + timedelta(minutes=1)


def test_a_clock_that_is_set_back_puts_no_revisit_off(agenda: Agenda) -> None:
    years = NOW + timedelta(days=3650)
    agenda.done(ALL, years, visited=1)
    agenda.revisit(years + timedelta(days=1))
    assert agenda.take(1, years) is None
    job = agenda.take(2, NOW)
    assert job is not None
    assert job.trigger is Trigger.REVISIT
    agenda.done(job, NOW, visited=1)
    agenda.revisit(NOW + timedelta(hours=2))
    assert agenda.at == NOW + timedelta(hours=2)


def test_a_schedule_goes_above_revisits_and_keeps_changes() -> None:
    agenda = Agenda(Pace(quiet=1.0), Schedule(every=timedelta(hours=6)))
    assert agenda.take(0.0, NOW) == ALL
    agenda.done(ALL, NOW, visited=1)
    agenda.revisit(NOW)
    assert agenda.take(1.0, NOW + timedelta(hours=5)) is None
    agenda.changed([A], 1.0)
    assert agenda.take(2.0, NOW + timedelta(hours=5)) == files(A)
    later = NOW + timedelta(hours=13)  # one that was missed is not made up for
    assert agenda.take(3.0, later) == Job(Trigger.SCHEDULE)
    assert agenda.take(3.0, later) is None
    assert agenda.at == NOW + timedelta(hours=19)
