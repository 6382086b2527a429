"""Which archive is asked, as the settings say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.archive.timegate import TimeGate
from crawler.archive.wayback import Wayback
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.archive.archive import Archive

_OFF: Final = frozenset({"", "off", "none"})


def archive_from_settings(settings: Mapping[str, object]) -> Archive | None:
    """Return the archive that CRAWLER_ARCHIVE names; None: none is asked.

    Raises:
        OptionError: it is neither "wayback", nor "off" or empty, nor the URL of a TimeGate.
    """
    value = settings["CRAWLER_ARCHIVE"]
    name = "" if value is None else str(value).strip()
    if name.lower() in _OFF:
        return None
    if name.lower() == "wayback":
        return Wayback()
    if not _is_web_url(name):
        known = '"wayback", "off" or the URL of a TimeGate'
        raise OptionError(f"CRAWLER_ARCHIVE: {value!r} is not {known}")
    return TimeGate(name)


def archive_delay(settings: Mapping[str, object]) -> float:
    """Return CRAWLER_ARCHIVE_DELAY, the seconds between two requests to the archive.

    Raises:
        OptionError: it is no number, or below 0.
    """
    value = settings["CRAWLER_ARCHIVE_DELAY"]
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise OptionError(f"CRAWLER_ARCHIVE_DELAY: {value!r} is not a number of seconds")
    return seconds


def _is_web_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable()
    except ValueError:
        return False
