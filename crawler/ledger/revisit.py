"""When a visited source is to be visited again, and the verdict over all its attempts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from crawler import config
from crawler.states import State
from crawler.timestamps import is_ahead, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crawler.ledger.records import Attempt, SourceRecord


def deciding_attempt(attempts: Sequence[Attempt]) -> int:
    """Return the index of the attempt that says how the source is.

    A good answer decides; without one, the first that gave a text, if only a part of it. Without
    any text a try that may do better later decides, since the source is then not known to be
    lost; otherwise the first URL, which is the one the author meant.
    """
    for index, attempt in enumerate(attempts):
        if attempt.state.is_good:
            return index
    for index, attempt in enumerate(attempts):
        if attempt.state.has_text:
            return index
    for index, attempt in enumerate(attempts):
        if attempt.state.is_transient:
            return index
    return 0


_IN_PLACE: Final = frozenset({State.OK, State.NOT_MODIFIED, State.UNSUPPORTED})
# What is against robots does not go away by being asked more often.
_WALLS: Final = frozenset({State.BLOCKED})
_FAILED_GROWTH: Final = 4.0
# Another text in the article's place is looked at again until it has stayed for a day.
_OTHER_TEXT_GROWTH: Final = 12.0
_FAILED_LIMIT: Final = timedelta(days=1)
_LOST_GROWTH: Final = 3.0
_LONGEST_WAIT: Final = timedelta(days=4)  # nobody is left alone for longer
_ENDLESS: Final = 40  # failures in a row; more make no gap longer, and no number too large


@dataclass(frozen=True, slots=True)
class LastVisit:
    """What the next visit depends on.

    Attributes:
        state: how the last visit ended.
        at: when it did.
        published: when the article was published, as the items say, or else its first visit.
        failures: visits in a row that did not find the page at its place.
        retry_at: before when the site, or our manners, do not want another one.
    """

    state: State
    at: datetime
    published: datetime
    failures: int = 0
    retry_at: datetime | None = None

    @classmethod
    def from_texts(  # noqa: PLR0917 - a row of the ledger
        cls,
        state: State,
        at: str,
        published: str | None,
        first_at: str,
        failures: int,
        retry_at: str | None,
    ) -> Self:
        """Make it of what the ledger keeps."""
        # A date in the future would put off all that follows from the article's age; and so would
        # a first visit that a clock which was ahead has dated later than the last one.
        first = min(moment(first_at), moment(at))
        return cls(
            state=state,
            at=moment(at),
            published=first if published is None else min(moment(published), first),
            failures=failures,
            retry_at=None if retry_at is None else moment(retry_at),
        )

    @classmethod
    def of(cls, source: SourceRecord) -> Self | None:
        """Make it of a source; None before its first visit."""
        if source.last_state is None or source.first_at is None:
            return None
        checked_at = source.checked_at or source.first_at
        rest = (source.published, source.first_at, source.failures, source.retry_at)
        return cls.from_texts(source.last_state, checked_at, *rest)


@dataclass(frozen=True, slots=True)
class RevisitPolicy:
    """When sources are due again.

    Attributes:
        ages: ages of an article at which it is looked at again, since news get corrected.
        old: gap between the visits to an article that is older than these; None: never again.
        failed: gap after the second failure in a row that may pass; each further one is 4 times
            longer, up to a day. After the first, the very next run tries again.
        lost: gap after the first failure that is likely to last, such as `gone`, and after
            `blocked`; each further one is 3 times longer, up to `limit`.
        limit: the longest gap after a lasting failure; None: such a source is not visited again.
    """

    ages: tuple[timedelta, ...] = tuple(timedelta(hours=hours) for hours in (2, 8, 24, 72, 168))
    old: timedelta | None = timedelta(days=90)
    failed: timedelta = timedelta(minutes=10)
    lost: timedelta = timedelta(days=1)
    limit: timedelta | None = timedelta(days=90)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> RevisitPolicy:
        """Read the CRAWLER_REVISIT_* settings.

        Raises:
            OptionError: one of them is no span of time.
        """
        return cls(
            ages=config.REVISIT_FRESH.of(settings),
            old=config.REVISIT_OLD.of(settings),
            failed=config.REVISIT_FAILED.of(settings),
            lost=config.REVISIT_LOST.of(settings),
            limit=config.REVISIT_LIMIT.of(settings),
        )

    def due_at(self, last: LastVisit, now: datetime) -> datetime | None:
        """Return when the source is due again; None: never by itself.

        That is now where the last visit was dated by a clock that was ahead, since then.
        """
        if is_ahead(last.at, now):
            return now
        if last.retry_at is not None and last.retry_at - last.at > _LONGEST_WAIT:
            last = replace(last, retry_at=None)  # the clock was set in between
        if last.state in _IN_PLACE:
            return self._next_look(last)
        if last.state is State.OTHER_TEXT:
            return max(last.at + self._other_text_gap(last.failures), last.retry_at or last.at)
        if (last.state.is_transient and last.state not in _WALLS) or last.retry_at is not None:
            due = last.at + self._failed_gap(last.failures)
            return due if last.retry_at is None else max(due, last.retry_at)
        if self.limit is None:
            return None
        return last.at + _grown(self.lost, _LOST_GROWTH, last.failures - 1, self.limit)

    def _next_look(self, last: LastVisit) -> datetime | None:
        for age in self.ages:
            if last.published + age > last.at:
                return last.published + age
        return None if self.old is None else last.at + self.old

    def _other_text_gap(self, failures: int) -> timedelta:
        limit = timedelta(days=90) if self.limit is None else self.limit
        return _grown(self.failed, _OTHER_TEXT_GROWTH, failures - 1, limit)

    def _failed_gap(self, failures: int) -> timedelta:
        if failures <= 1:
            return timedelta(0)
        return _grown(self.failed, _FAILED_GROWTH, failures - 2, _FAILED_LIMIT)


def _grown(gap: timedelta, growth: float, times: int, limit: timedelta) -> timedelta:
    seconds = gap.total_seconds() * growth ** float(min(max(times, 0), _ENDLESS))
    return timedelta(seconds=min(seconds, limit.total_seconds()))
