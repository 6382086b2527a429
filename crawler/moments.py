"""Moments as the ledger and the files write them: ISO 8601 in UTC with whole seconds and a "Z"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

AHEAD: Final = timedelta(minutes=5)
"""What is dated later than now by more than this was dated by a clock that was wrong.

That much clocks differ, and are corrected by, without anything being wrong.
"""


def utc_text(moment: datetime) -> str:
    """Return the text of a moment with an offset."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def now_text() -> str:
    """Return the text of now."""
    return utc_text(datetime.now(UTC))


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
