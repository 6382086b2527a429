"""How long a recording is, as pages write it."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 30 * 86_400  # seconds; beyond it stand mistakes and streams without end
# ISO 8601: PT4M42S, P0DT1H2M3.5S. Years and months are of no fixed length, and of no recording.
_ISO: Final = re.compile(
    r"P(?:(?P<days>\d{1,3})D)?(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8})(?:[.,]\d{1,9})?S)?)?",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d\d)")
_PLAIN: Final = re.compile(r"(?P<seconds>\d{1,8})(?:\.\d{1,9})?")


def duration_seconds(value: str) -> int | None:
    """A duration in whole seconds, from ISO 8601, "4:42" or a number of seconds; None for none.

    Zero is what templates write for "unknown".
    """
    text = value.strip()[:40]
    match = _ISO.fullmatch(text) or _CLOCK.fullmatch(text) or _PLAIN.fullmatch(text)
    if match is None:
        return None
    parts = {name: int(number) for name, number in match.groupdict("0").items()}
    minutes = (parts.get("days", 0) * 24 + parts.get("hours", 0)) * 60 + parts.get("minutes", 0)
    seconds = minutes * 60 + parts["seconds"]
    return seconds if 0 < seconds <= _LONGEST else None
