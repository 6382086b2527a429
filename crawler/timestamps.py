"""Moments (ISO 8601, UTC, whole seconds, Z) and spans of time ("90d", "12h", "never")."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

AHEAD: Final = timedelta(minutes=5)
"""What is dated later than now by more than this was dated by a clock that was wrong.

That much clocks differ, and are corrected by, without anything being wrong.
"""
_DAY_LENGTH: Final = len("2026-11-25")


def utc_text(moment: datetime) -> str:
    """Return the text of a moment with an offset."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def now_text() -> str:
    """Return the text of now."""
    return utc_text(datetime.now(UTC))


def day_of(value: object) -> str | None:
    """Return the day in UTC of a date, a date-time, or the text of one; None: it is none."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == _DAY_LENGTH else moment(value)
        except ValueError:
            return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        with suppress(OverflowError):  # at the ends of time a day is not known to the hour
            value = value.astimezone(UTC)
    return value.isoformat()[:_DAY_LENGTH] if isinstance(value, date) else None


def is_ahead(at: datetime, now: datetime) -> bool:
    """Whether a clock that was ahead has dated something so, so that it is not believed."""
    return at - now > AHEAD


@lru_cache(maxsize=4096)  # a run of visits has few moments
def moment(text: str) -> datetime:
    """Return the moment that such a text means; other forms of ISO 8601 without an offset are UTC.

    Raises:
        ValueError: it is not ISO 8601.
    """
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


_FORM: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
NEVER: Final = "never"


def parse_duration(text: str) -> timedelta:
    """Return the span that a number and one of s, m, h, d, w (seconds to weeks) mean.

    Raises:
        ValueError: the text is of another form.
    """
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is not a span of time such as 30m, 12h or 90d")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])
