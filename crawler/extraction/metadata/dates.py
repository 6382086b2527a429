"""Dates as pages write them, normalised to ISO 8601 without adding what was not given."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)  # the year of the web
_TOLERANCE = timedelta(days=1)
_LARGEST_OFFSET = timedelta(hours=15)
_MAX_LENGTH = 100

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
# Hours from UTC of the names in RFC 2822, section 4.3, and of central European time.
_ZONES = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "cet": 1,
    "cest": 2,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}

_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d{1,6})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_ISO = re.compile(
    r"(?P<date>\d{4}([-/])\d{1,2}\2\d{1,2})"
    r"(?:(?:[ T]|,? )\s?(?P<time>\d{1,2}:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s?(?P<zone>\S.*)?)?"
)
_WEEKDAY = r"(?:[A-Z]{3,9}\.?,?\s)?"
_MONTH = (
    r"(?P<month>JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?"
    r"|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:ST|ND|RD|TH)?"
_YEAR = r"(?P<year>\d{4})"
_CLOCK = r"(?P<time>\d{1,2}:\d\d(?::\d\d)?)\s?(?P<half>[AP]\.?M\.?)?"
_REST = rf"(?:(?:,|\sAT|\s-|\s\|)?\s{_CLOCK}(?:\s?(?P<zone>\S.*))?)?"
_WORDED = (
    re.compile(rf"{_WEEKDAY}{_DAY}[\s-]{_MONTH},?[\s-]{_YEAR}{_REST}"),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s{_DAY},?\s{_YEAR}{_REST}"),
    # asctime and date(1): Fri Sep 4 10:00:00 UTC 2020
    re.compile(rf"{_WEEKDAY}{_MONTH}\s{_DAY}\s{_CLOCK}(?:\s(?P<zone>[A-Z]{{1,5}}))?\s{_YEAR}"),
)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s?([+-])(\d\d):?(\d\d)?(?:\s?\([^()]*\)|\[[^\[\]]*\])?")


def parse_date_time(value: str, *, now: datetime | None = None) -> str | None:
    """A date, local date-time or date-time with offset as ISO 8601, or None.

    Reads ISO 8601, RFC 3339, RFC 2822, Unix time in seconds or milliseconds, JavaScript's and C's
    forms, and dates with English month names. The result is as precise as the value:
    `2020-09-04`, `2020-09-04T10:00:00`, `2020-09-04T10:00:00+02:00`; UTC is `Z`, fractions of a
    second are dropped. Days that do not exist, before 1991 or more than a day after `now` (aware;
    the clock's time if None) are refused, and so are forms that leave month and day to a guess.
    """
    text = " ".join(value[:_MAX_LENGTH].split()).upper()
    if not text or len(value) > _MAX_LENGTH:
        return None
    try:
        parsed = _epoch(text) or _compact(text) or _iso(text) or _worded(text)
        return _checked(parsed, now or datetime.now(UTC)) if parsed else None
    except (ValueError, OverflowError):
        return None


def _checked(parsed: date, now: datetime) -> str | None:
    moment = parsed if isinstance(parsed, datetime) else datetime(*parsed.timetuple()[:3])  # noqa: DTZ001 - made aware below
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST <= aware <= now + _TOLERANCE:
        return None
    return parsed.isoformat().replace("+00:00", "Z")


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _compact(text: str) -> date | None:
    match = _COMPACT.fullmatch(text)
    if match:
        return datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers; no zone was given
    # The basic forms of ISO 8601: 20200904 and 20200904T100000Z.
    if re.fullmatch(r"\d{8}", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{8}T\d{4,6}(?:Z|[+-]\d{4})?", text):
        return datetime.fromisoformat(text)
    return None


def _iso(text: str) -> date | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    year, month, day = map(int, match["date"].replace("/", "-").split("-"))
    return _combined(date(year, month, day), match["time"], None, match["zone"])


def _worded(text: str) -> date | None:
    for form in _WORDED:
        if match := form.fullmatch(text):
            month = _MONTHS[match["month"][:3].lower()]
            day = date(int(match["year"]), month, int(match["day"]))
            return _combined(day, match["time"], match["half"], match["zone"])
    return None


def _combined(day: date, time: str | None, half: str | None, zone: str | None) -> date:
    if not time:
        return day
    hour, minute, second = (*map(int, time.split(":")), 0)[:3]
    if half:
        hour = hour % 12 + (12 if half.startswith("P") else 0)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(zone))


def _zone(text: str | None) -> timezone | None:
    """The named or numeric zone; None where none is given or the name is not known."""
    if not text:
        return None
    if (hours := _ZONES.get(text.partition("[")[0].strip(" ().").lower())) is not None:
        return timezone(timedelta(hours=hours))
    match = _OFFSET.fullmatch(text)
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > _LARGEST_OFFSET:
        raise ValueError(text)
    return timezone(-offset if match[1] == "-" else offset)
