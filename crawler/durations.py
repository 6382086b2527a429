"""Spans of time as people write them in options and settings: "90d", "12h", "10m", "never"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

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
