"""When runs are due by the clock: every so often, or at the times of a cron expression."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cronsim import CronSim, CronSimError

from crawler.options import OptionError
from crawler.timestamps import parse_duration

_SHORTEST: Final = timedelta(seconds=1)
_AROUND: Final = timedelta(hours=25)  # more than a clock is ever set by: islands changed their day
_FIELDS: Final = 5
_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Schedule:
    """Exactly one of the two is set.

    Attributes:
        every: the span between the begins of two runs.
        cron: five fields, as in crontab(5), in local time.
    """

    every: timedelta | None = None
    cron: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "6h" or "*/15 * * * *".

        Raises:
            OptionError: it is neither, or there is no such time.
        """
        if len(text.split()) > 1:
            if len(text.split()) != _FIELDS:
                raise OptionError(f"every: {text!r} has not {_FIELDS} fields")
            schedule = cls(cron=text)
            schedule.after(datetime.now(UTC))
            return schedule
        try:
            every = parse_duration(text)
        except ValueError as error:
            raise OptionError(f"every: {error}, nor a cron expression of five fields") from None
        if every < _SHORTEST:
            raise OptionError(f"every: {text!r} is too short")
        return cls(every=every)

    def after(self, now: datetime) -> datetime:
        """Return the first time after `now`, in UTC.

        A time that the clock on the wall skips comes as soon as it has skipped it. One that it
        shows twice comes the first time; both times where every hour is named, since the hour
        would be without a run otherwise.

        Raises:
            OptionError: the expression is none, or names a time that never comes.
        """
        if self.every is not None:
            return now + self.every
        assert self.cron is not None
        try:
            return _next(self.cron, now)
        except (CronSimError, StopIteration, OverflowError) as error:
            reason = str(error) or "no such time"
            raise OptionError(f"every: {self.cron!r}: {reason}") from None


def _next(cron: str, now: datetime) -> datetime:
    # What the clock shows again, once it is set back, lies before what it shows now.
    set_back = _offset(now - _AROUND) - _offset(now + _AROUND)
    walls = CronSim(cron, _wall(now) - max(set_back, timedelta()))
    again: datetime | None = None
    while True:  # ends with a StopIteration of `next` at the latest
        first, second = _instants(next(walls))
        if first > now:
            return first if again is None else min(first, again)
        if again is None and second > now and len(walls.hours) == _HOURS:
            again = second


def _instants(wall: datetime) -> tuple[datetime, datetime]:
    """Return when the clock shows this the first and the last time, or is beyond it at once."""
    first, second = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second or _wall(first) == wall:
        return first, second
    # It is skipped, between these two.
    while second - first > _SHORTEST:
        between = first + (second - first) // 2
        first, second = (between, second) if _wall(between) < wall else (first, between)
    end = second.replace(microsecond=0)
    return end, end


def _wall(at: datetime) -> datetime:
    """Return what the clock on the wall shows; the system knows, whatever TZ says."""
    return at.astimezone().replace(tzinfo=None, fold=0)


def _offset(at: datetime) -> timedelta:
    return at.astimezone().utcoffset() or timedelta()
