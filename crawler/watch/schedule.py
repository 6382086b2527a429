"""When runs are due by the clock: every so often, or at the times of a cron expression."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cronsim import CronSim, CronSimError

from crawler.durations import parse_duration
from crawler.options import OptionError

_SHORTEST: Final = timedelta(seconds=1)


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

        Raises:
            OptionError: the expression is none, or names a time that never comes.
        """
        if self.every is not None:
            return now + self.every
        assert self.cron is not None
        # Without an offset the walk is over what the clock on the wall shows; an hour that the
        # clock skips or repeats moves one run, and loses or doubles none.
        wall = now.astimezone().replace(tzinfo=None)
        try:
            found = next(CronSim(self.cron, wall))
        except (CronSimError, StopIteration) as error:
            raise OptionError(f"every: {self.cron!r}: {error or 'no such time'}") from None
        return max(found.astimezone(UTC), now + _SHORTEST)
