"""Moments as the ledger and the files write them: ISO 8601 in UTC with whole seconds and a "Z"."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

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


@lru_cache(maxsize=4096)  # a run of visits has few moments
def moment(text: str) -> datetime:
    """Return the moment that such a text means; other forms of ISO 8601 without an offset are UTC.

    Raises:
        ValueError: it is not ISO 8601.
    """
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
