"""When a site wants to be asked again: the header field Retry-After (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 366 * 86_400.0  # seconds; who says more means never


def longest_retry_after(fields: Iterable[bytes], now: datetime) -> float | None:
    """Return the longest wait that the Retry-After fields of an answer ask for, as `retry_after`.

    There should be one; a proxy and the server behind it may both have added theirs.
    """
    asked = (retry_after(field.decode("latin-1"), now) for field in fields)
    return max((seconds for seconds in asked if seconds is not None), default=None)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks to wait; None where there is none to understand.

    A date has whole seconds, so that one more is added to be surely behind it.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), _LONGEST)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds() + 1.0, 0.0), _LONGEST)
