"""Whether two statements of a time may mean the same moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

# What local times may lie apart from UTC: from Baker Island to the Line Islands.
_WEST: Final = timedelta(hours=12)
_EAST: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)
_TOLERANCE: Final = timedelta(hours=1)


class Span(NamedTuple):
    """The first and the last moment, in UTC, that a statement may mean."""

    first: datetime
    last: datetime


def span_of(value: str | date) -> Span | None:
    """Return what a date, a date-time or an ISO 8601 text of one may mean.

    A date is any moment of that day anywhere on earth, and so is midnight, which is what a date
    becomes on its way through a program; a date-time without an offset is local to some place.
    None: it is no time, or at an end of the calendar.
    """
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(at, datetime):
            at = datetime.combine(at, time.min)
        is_day = at.timetz().replace(tzinfo=None) == time.min
        is_local = at.tzinfo is None or is_day
        first = (at.replace(tzinfo=UTC) if is_local else at).astimezone(UTC)
        last = first + _DAY if is_day else first
        return Span(first - _EAST, last + _WEST) if is_local else Span(first, last)
    except (ValueError, OverflowError):
        return None


def times_agree(one: str | date, other: str | date) -> bool | None:
    """Whether two statements may mean moments less than an hour apart; None: one is no time."""
    span, other_span = span_of(one), span_of(other)
    if span is None or other_span is None:
        return None
    gap = max(span.first - other_span.last, other_span.first - span.last)
    return gap < _TOLERANCE
