"""Dates as pages and URLs write them, as ISO 8601, without adding what was not given."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.month_names import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable


# A month alone is no date; eight digits are one only where nothing else is in their part.
_FORMS: Final = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[/-]|$)"),
    re.compile(r"[/_](?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?=[/_-]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)/(?P<d>\d\d)(?=[/-]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)(?P<m>\d\d)/?(?P<d>\d\d)(?=[/_]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>[a-z]{3,9})/(?P<d>\d{1,2})(?=[/-]|$)"),
    re.compile(r"/(?P<d>\d\d)[-.](?P<m>\d\d)[-.](?P<y>(?:19|20)\d\d)(?=[/_-]|$)"),
)


def url_date(url: str) -> str | None:
    """The day in the path of a URL, as it stands there but written 2025-04-01.

    Day, month and year in that order are read between hyphens or dots, where they are no date by
    any other order.
    """
    path = url.partition("?")[0].partition("#")[0].lower()
    for form in _FORMS:
        if match := form.search(path):
            month = MONTHS.get(match["m"], match["m"])
            if str(month).isdigit():
                return f"{match['y']}-{month:0>2}-{match['d']:0>2}"
    return None


EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)  # the year of the web
_TOLERANCE = timedelta(days=1)
_LARGEST_OFFSET = timedelta(hours=15)
_MAX_LENGTH = 100

# Names of RFC 2822, section 4.3, and others that mean one zone, by hours from UTC. What means one
# zone here and another there (IST, AST, GST) is none.
_ZONES = {
    name: hours
    for hours, names in {
        -10: "hst",
        -9: "akst",
        -8: "pst akdt",
        -7: "mst pdt",
        -6: "cst mdt",
        -5: "est cdt",
        -4: "edt",
        -3.5: "nst",
        -3: "adt art brt",
        -2.5: "ndt",
        0: "z ut utc gmt wet",
        1: "bst west cet mez wat",
        2: "cest mesz eet sast cat",
        3: "eest msk eat trt",
        3.5: "irst",
        5: "pkt",
        5.75: "npt",
        7: "ict wib",
        8: "hkt sgt awst wita",
        9: "jst kst wit",
        9.5: "acst",
        10: "aest",
        10.5: "acdt",
        11: "aedt",
        12: "nzst",
        13: "nzdt",
    }.items()
    for name in names.split()
}

_EPOCH = re.compile(r"(\d{10})(?:\d{3}){0,3}(?:\.\d{1,9})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_ISO = re.compile(
    r"(?P<date>\d{4}([-/.])\d{1,2}\2\d{1,2})"
    r"(?:(?:[ T]|,? )\s?(?P<time>\d{1,2}:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s?(?P<zone>\S.*)?)?"
)
_TIME = r"(?P<time>\d{1,2}:\d\d(?::\d\d)?)"
_CLOCK = rf"{_TIME}\s?(?P<half>[AP]\.?M\.?)?"
_REST = rf"(?:(?:,|\sAT|\s-|\s\|)?\s{_CLOCK}(?:[.,]\d{{1,9}})?(?:\s?(?P<zone>\S.*))?)?"
# Words of any script: some write vowels as marks, which are no letters.
_WORD = r"[^\s\d,;:/()\[\]<>+-]"
_WEEKDAY = rf"(?:{_WORD}{{1,15}}(?:-FEIRA)?,?\s)?"
_DAY = r"(?P<day>\d{1,2})(?:ST|ND|RD|TH|ER|\.|º|ª)?"
_MONTH = rf"(?P<month>{_WORD}{{2,15}}?)\.?"
_YEAR = r"(?P<year>\d{4})"
_WORDED = (
    re.compile(rf"{_WEEKDAY}{_DAY}[\s-](?:DE\s|OF\s)?{_MONTH},?[\s-](?:DEL?\s)?{_YEAR}{_REST}"),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s{_DAY},?\s{_YEAR}{_REST}"),
    # asctime and date(1): Fri Sep 4 10:00:00 UTC 2020
    re.compile(rf"{_WEEKDAY}{_MONTH}\s{_DAY}\s{_CLOCK}(?:\s(?P<zone>[A-Z]{{1,5}}))?\s{_YEAR}"),
    # RFC 822 and RFC 850, where the year has two digits; a time has to follow.
    re.compile(
        rf"{_WEEKDAY}{_DAY}[\s-]{_MONTH}[\s-](?P<year>\d\d)\s{_CLOCK}(?:\s?(?P<zone>\S.*))?"
    ),
)
_EAST_ASIAN = re.compile(
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
    r"(?:\s?\(?[月火水木金土日월화수목금토일]\)|\s?(?:星期|周)[一二三四五六日天])?"
    r"(?:\s?(?P<half>오전|오후|午前|午後|上午|下午))?"
    r"(?:\s?(?P<hour>\d{1,2})\s?[:時时点시]\s?(?P<minute>\d\d)\s?[分분]?"
    r"(?:[:\s]?(?P<second>\d\d)\s?[秒초]?)?(?:\s?(?P<zone>\S.*))?)?"
)
_AFTERNOON = frozenset({"오후", "午後", "下午"})
_DIGITS_ONLY = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second>\d{{1,2}})(?P=mark){_YEAR}"
    rf"(?:,?\s{_CLOCK}(?:\s?(?P<zone>\S.*))?)?"
)
_LARGEST_MONTH = 12
_CENTURY_TURN = 69  # POSIX: 69 to 99 are of the last century
_MINUS = str.maketrans("\u2212\u2013", "--")
_OFFSET = re.compile(
    r"(?:GMT|UTC|Z)?\s?([+-])(\d\d?)(?::?(\d\d))?(?::\d\d)?(?:\s?\([^()]*\)|\[[^\[\]]*\])?"
)


def parse_date_time(value: str, *, now: datetime | None = None) -> str | None:
    """A date, local date-time or date-time with offset as ISO 8601, or None.

    Reads ISO 8601, RFC 3339, RFC 2822, RFC 850, Unix time down to microseconds, JavaScript's and
    C's forms, dates with the names of months in some fifty languages, and those of East Asia; years
    of two digits (RFC 822) and 24:00, too. Weekdays may be wrong. The result is as precise as the
    value: `2020-09-04`, `2020-09-04T10:00:00`, `2020-09-04T10:00:00+02:00`; UTC is `Z`, fractions
    of a second are dropped. Days that do not exist, before 1991 or more than a day after `now`
    (aware; the clock's time if None) are refused, as those of other calendars are, and so are forms
    that leave month and day to a guess.
    """
    text = " ".join(value[:_MAX_LENGTH].translate(_MINUS).split()).upper()
    if not text or len(value) > _MAX_LENGTH:
        return None
    try:
        parsed = _first(text, _epoch, _compact, _iso, _worded, _east_asian, _digits)
        return _checked(parsed, now or datetime.now(UTC)) if parsed else None
    except (ValueError, OverflowError):
        return None


def _first(text: str, *forms: Callable[[str], date | None]) -> date | None:
    return next((parsed for form in forms if (parsed := form(text)) is not None), None)


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
    year, month, day = map(int, re.split(r"[-/.]", match["date"]))
    return _combined(date(year, month, day), match["time"], None, match["zone"])


def _worded(text: str) -> date | None:
    for form in _WORDED:
        if (match := form.fullmatch(text)) and (month := _month(match["month"])):
            year = int(match["year"])
            if len(match["year"]) == 2:  # noqa: PLR2004 - digits
                year += 1900 if year >= _CENTURY_TURN else 2000
            day = date(year, month, int(match["day"]))
            return _combined(day, match["time"], match["half"], match["zone"])
    return None


def _month(name: str) -> int | None:
    """The month that a name in capitals means; Turkish has a letter that "I" is not."""
    folded = name.casefold()
    return MONTHS.get(folded) or MONTHS.get(folded.replace("i", "\N{LATIN SMALL LETTER DOTLESS I}"))


def _east_asian(text: str) -> date | None:
    match = _EAST_ASIAN.fullmatch(text)
    if not match:
        return None
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    if not match["hour"]:
        return day
    time = f"{match['hour']}:{match['minute']}:{match['second'] or '00'}"
    half = None if not match["half"] else "P" if match["half"] in _AFTERNOON else "A"
    return _combined(day, time, half, match["zone"])


def _digits(text: str) -> date | None:
    """A date of digits with its year last, where day and month can be told apart."""
    match = _DIGITS_ONLY.fullmatch(text)
    if not match:
        return None
    month, day = sorted((int(match["first"]), int(match["second"])))
    if day <= _LARGEST_MONTH and day != month:
        return None
    whole = date(int(match["year"]), month, day)
    return _combined(whole, match["time"], match["half"], match["zone"])


def _combined(day: date, time: str | None, half: str | None, zone: str | None) -> date:
    if not time:
        return day
    hour, minute, second = (*map(int, time.split(":")), 0)[:3]
    if half:
        hour = hour % 12 + (12 if half.startswith("P") else 0)
    if (hour, minute, second) == (24, 0, 0):
        hour, day = 0, day + timedelta(days=1)
    second = min(second, 59)  # a leap second
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
