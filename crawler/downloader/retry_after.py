"""When a site wants to be asked again: the header field Retry-After (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from crawler.downloader.host_state import LONGEST_REST

if TYPE_CHECKING:
    from collections.abc import Iterable

_A_NUMBER: Final = re.compile(
    r"(?P<number>[0-9]+(?:[.][0-9]*)?)\s*(?P<unit>[a-z]*)", re.ASCII | re.IGNORECASE
)
_DIGITS: Final = 24  # of a number that are read; more are too many for anything
_UNITS: Final = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
}
# Numbers from here on are Unix times in seconds, milliseconds, micro- and nanoseconds: as a span, a
# thousand million seconds are 31 years.
_UNIX_TIMES: Final = ((10**18, 10**9), (10**15, 10**6), (10**12, 10**3), (10**9, 1))


def longest_retry_after(fields: Iterable[bytes], now: datetime) -> float | None:
    """Return the longest wait that the Retry-After fields of an answer ask for, as `retry_after`.

    There should be one; a proxy and the server behind it may both have added theirs.

    Args:
        now: the time by the clock of who answered.
    """
    asked = (retry_after(field.decode("latin-1"), now) for field in fields)
    return max((seconds for seconds in asked if seconds is not None), default=None)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks to wait; None where there is none to understand.

    Besides seconds and HTTP dates that is what servers write in their place: fractions and units,
    Unix times, ISO 8601, and several of one form in one field. A time that is over asks for
    nothing, as does a span below zero. No wait is longer than `LONGEST_REST`.
    """
    if value is None:
        return None
    text = value.strip().strip("\"'").strip()
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(_A_NUMBER.fullmatch(part) for part in parts):
        spans = [span for part in parts if (span := _span(part, now)) is not None]
        seconds = max(spans, default=None)
    else:
        seconds = _span(text, now)
    return None if seconds is None else min(seconds, LONGEST_REST.total_seconds())


def time_at(date: bytes | None) -> datetime | None:
    """Return the time of a Date field: what a server says of times is by its own clock."""
    return None if date is None else _http_date(date.decode("latin-1").strip())


def _span(text: str, now: datetime) -> float | None:
    found = _A_NUMBER.fullmatch(text)
    if found is None:
        at = _iso_date(text) or _http_date(text)
        return None if at is None else _until(at.timestamp(), now)
    unit = _UNITS.get(found["unit"].lower())
    whole = found["number"].partition(".")[0]
    number = float(found["number"]) if len(whole) <= _DIGITS else 10.0**_DIGITS
    if not found["unit"]:
        for least, per_second in _UNIX_TIMES:
            if number >= least:
                return _until(number / per_second, now)
    return None if unit is None else number * unit


def _until(timestamp: float, now: datetime) -> float | None:
    """Return the seconds to a time, and one more to be surely behind it; None: it is over."""
    seconds = timestamp - now.timestamp()
    return seconds + 1.0 if seconds > 0 else None


def _iso_date(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
