"""What to run next, and when: decisions over what has happened, without a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from crawler.timestamps import is_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from crawler.watch.options import Pace
    from crawler.watch.schedule import Schedule

_MOST_FILES: Final = 1000  # more changes at once, and all items are looked at, which finds them
_LONGEST_WAIT: Final = 60.0  # seconds; the clock may be set, and a computer may have slept
_LONGEST_DELAY: Final = 300.0  # seconds after runs that could not be done
_LONGEST_GAP: Final = timedelta(hours=1)  # between runs for revisits that visit nothing


class Trigger(StrEnum):
    """Why a run begins."""

    START = "start"
    FILES = "files"
    SCHEDULE = "schedule"
    REVISIT = "revisit"


@dataclass(frozen=True, slots=True)
class Job:
    """A run to do: of these files, or of all items."""

    trigger: Trigger
    files: tuple[Path, ...] | None = None


@dataclass(slots=True)
class Agenda:
    """Collects what has happened, and gives one job at a time.

    `clock` is a monotonic clock's time in seconds, `now` is UTC.

    Attributes:
        pace: how long to wait for what.
        schedule: when all items are due by the clock; None: when revisits fall due.
    """

    pace: Pace
    schedule: Schedule | None = None
    _files: set[Path] = field(default_factory=set)
    _anything: bool = False  # it is not known which files have changed
    _first_change: float = 0.0
    _last_change: float = 0.0
    _rest: Trigger | None = Trigger.START  # a run of all items that is to begin, or to go on
    _is_rests_turn: bool = False  # endless changes are not to keep it from ever going on
    _not_before: float = 0.0
    _failures: int = 0
    _at: datetime | None = None  # of the next run by the schedule or for revisits
    _ended: datetime | None = None  # of the last run of all items
    _seen: datetime | None = None  # the time when it was last looked at
    _idle: int = 0  # runs for revisits, in a row, that visited nothing

    @property
    def pending(self) -> int:
        """How many files wait for a run."""
        return len(self._files)

    @property
    def at(self) -> datetime | None:
        """When the next run is due, if nothing changes."""
        return self._at

    def changed(self, files: Iterable[Path] | None, clock: float) -> None:
        """Note that these files have changed; None: it is not known which."""
        before = len(self._files)
        is_new = not self._has_changes
        if files is None:
            self._anything = True
        else:
            self._files.update(files)
        if is_new and (self._anything or len(self._files) > before):
            self._first_change = clock
        self._last_change = clock

    def take(self, clock: float, now: datetime) -> Job | None:
        """Return the next job, if one is due; it counts as begun."""
        self._look_at_the_time(now)
        if clock < self._not_before:
            return None
        is_rest_next = self._rest is not None and self._is_rests_turn
        if self._are_changes_ripe(clock) and not is_rest_next:
            self._is_rests_turn = True
            return self._take_changes()
        if self._rest is None:
            return None
        trigger, self._rest, self._is_rests_turn = self._rest, None, False
        return Job(trigger)

    def _look_at_the_time(self, now: datetime) -> None:
        if self._seen is not None and is_ahead(self._seen, now):
            # The clock was ahead, and is set back: what was reckoned with it is not waited for.
            self._at = self._ended = None
            self._rest = self._rest or (Trigger.REVISIT if self.schedule is None else None)
        self._seen = now
        if self._at is not None and now >= self._at:
            by_clock = Trigger.REVISIT if self.schedule is None else Trigger.SCHEDULE
            self._rest = self._rest or by_clock
            self._at = None
        if self._at is None and self.schedule is not None:
            self._at = self.schedule.after(now)

    def wait(self, clock: float, now: datetime) -> float:
        """Return for how many seconds there is no use in asking again, if nothing happens."""
        times = [_LONGEST_WAIT]
        if self._has_changes:
            times.append(self._ripe_at - clock)
        if self._rest is not None:
            times.append(0.0)
        if self._at is not None:
            times.append((self._at - now).total_seconds())
        return max(min(times), self._not_before - clock, 0.0)

    def is_to_interrupt(self, job: Job, begun: float, clock: float) -> bool:
        """Whether a job that goes on is to make room for files that have changed."""
        is_long = job.files is None and clock - begun >= self.pace.patience
        return is_long and self._are_changes_ripe(clock)

    def put_back(self, job: Job, clock: float, *, delay: float = 0.0) -> None:
        """Take a job back that was not done to its end."""
        if job.files is None:
            self._rest = job.trigger
        else:
            self.changed(job.files, clock)
        self._not_before = max(self._not_before, clock + delay)

    def failed(self, job: Job, clock: float) -> None:
        """Take a job back that could not be done; it is tried again with growing gaps."""
        self._failures += 1
        self.put_back(job, clock, delay=min(2.0**self._failures, _LONGEST_DELAY))

    def done(self, job: Job, now: datetime, *, visited: int) -> None:
        """Note that a job was done to its end, and how many sources it visited."""
        self._failures = 0
        if job.files is None:
            self._ended = now
            is_idle = job.trigger is Trigger.REVISIT and visited == 0
            self._idle = self._idle + 1 if is_idle else 0

    def revisit(self, due: datetime | None) -> None:
        """Note when the next revisit falls due by itself; a schedule goes above it."""
        if self.schedule is not None:
            return
        self._at = due
        if due is not None and self._ended is not None:
            gap = timedelta(seconds=self.pace.gap * 2.0 ** min(self._idle, 30))
            self._at = max(due, self._ended + min(gap, max(_LONGEST_GAP, self._least_gap)))

    @property
    def _least_gap(self) -> timedelta:
        return timedelta(seconds=self.pace.gap)

    @property
    def _has_changes(self) -> bool:
        return self._anything or bool(self._files)

    @property
    def _ripe_at(self) -> float:
        quiet = self.pace.quiet
        return min(self._last_change + quiet, self._first_change + 10 * quiet)

    def _are_changes_ripe(self, clock: float) -> bool:
        return self._has_changes and clock >= self._ripe_at

    def _take_changes(self) -> Job:
        files: tuple[Path, ...] | None = tuple(sorted(self._files))
        if self._anything or len(self._files) > _MOST_FILES:
            files = None
            self._rest = None  # this run is of all items, too
        self._files, self._anything = set(), False
        return Job(Trigger.FILES, files)
