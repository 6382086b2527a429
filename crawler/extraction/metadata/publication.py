"""When an article was published and last changed; the only module that knows htmldate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_text import HTMLDATE, Candidate, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.headlines import DatesNear


# Larger pages are left alone: htmldate copies and prunes the whole tree, and searches its text.
_MAX_ELEMENTS: Final = 8_000
_FIRST_OF_THE_YEAR: Final = "-01-01"  # what it makes of a year alone


def guessed_date(
    tree: HtmlElement, url: str, now: datetime, changes: Iterable[str]
) -> list[Candidate]:
    """The day that htmldate finds in its cautious way, both as the first and as the last one.

    Args:
        tree: the parsed page; it is not changed.
        changes: days on which the page says it was changed; what it finds must be none of them.
    """
    if next(islice(tree.iter(), _MAX_ELEMENTS, None), None) is not None:
        return []
    first = _found(tree, url, now, original=True)
    if first is None or first.endswith(_FIRST_OF_THE_YEAR) or first in set(changes):
        return []
    is_sure = first == _found(tree, url, now, original=False)
    return [Candidate(first, HTMLDATE)] if is_sure else []


def _found(tree: HtmlElement, url: str, now: datetime, *, original: bool) -> str | None:
    from htmldate import find_date  # noqa: PLC0415 - for the few pages that need it

    return find_date(tree, url=url, max_date=now, original_date=original, extensive_search=False)


_DATE_LENGTH = 10
_A_DAY = timedelta(days=1)
_MIDNIGHT = "T00:00:00"
_LARGEST_OFFSET = timedelta(hours=4)
_MIDNIGHTS_ABROAD = ("T21:00:00Z", "T22:00:00Z", "T23:00:00Z")  # of UTC+3, +2 and +1
_SAME_DAY_HOURS = range(8, 15)  # of UTC: the same day from California to Japan
_FARTHEST = timedelta(hours=14)
_STEP_OF_ZONES = timedelta(minutes=15)
_WHOLE = 2  # precision of a time with its zone, which nothing refines


class DateSources(Protocol):
    """What says when an article was published and changed; each most trusted first."""

    def published(self) -> Iterable[Candidate]:
        """Raw dates of publication that the page declares."""

    def modified(self) -> Iterable[Candidate]:
        """Raw dates of the last change."""

    def visible_dates(self) -> DatesNear:
        """What readers see by the headline."""

    def address_tells(self, day: str) -> bool:
        """Whether the page's address names a day or its month."""

    def vague_dates(self) -> Iterable[Candidate]:
        """Dates that are mostly those of the publication."""

    def further_dates(self) -> Iterable[Candidate]:
        """Dates of publication elsewhere on the page."""

    def guessed_dates(self, now: datetime, changes: Iterable[str]) -> Iterable[Candidate]:
        """The last resort: a day that is none of those of changes."""


def publication_dates(sources: DateSources, now: datetime) -> tuple[Found[str | None], ...]:
    """The dates of publication and change.

    What readers see counts where nothing else gives more than the day, and where nothing gives
    any date, what is called one anywhere on the page. A declared date that no change follows may
    be that of a new edition: an earlier day that readers see alone counts before it. A change
    before the publication is a mistake of the page and dropped.
    """
    first = best_date(sources.published(), now)
    last = best_date(sources.modified(), now)
    if first.value is not None:
        first = best_date(sources.vague_dates(), now, first)
    if first.value and (
        last.value is None or last.value[:_DATE_LENGTH] <= first.value[:_DATE_LENGTH]
    ):
        first = _before_a_new_edition(first, sources, now)
    if first.value is None or _precision(first.value) == 0 or _is_midnight_abroad(first.value):
        seen = sources.visible_dates()
        first = _as_readers_see_it(first, best_date((seen.published or seen.later)[:1], now))
        first = best_date([*seen.published, *sources.vague_dates(), *seen.later], now, first)
        if last.value is None:
            last = best_date(seen.modified, now)
    elif _may_be_another_day(first.value):
        first = _on_the_clock_of_readers(first, sources.visible_dates().published, now)
    if first.value is None:
        first = best_date(sources.further_dates(), now)
    if first.value is None:
        changes = [] if last.value is None else [last.value[:_DATE_LENGTH]]
        first = best_date(sources.guessed_dates(now, changes), now)
    if first.value and last.value and _is_before(last.value, first.value):
        last = Found(None, None)
    return first, last


def best_date(
    raw: Iterable[Candidate], now: datetime, known: Found[str | None] | None = None
) -> Found[str | None]:
    """The first readable date, or a later source's more precise form of the same moment."""
    best: Found[str | None] = known or Found(None, None)
    for value, origin in raw:
        parsed = parse_date_time(value, now=now)
        if parsed and (best.value is None or _refines(parsed, best.value)):
            best = Found(parsed, origin)
            if _precision(parsed) == _WHOLE:
                break
    return best


def _before_a_new_edition(
    first: Found[str | None], sources: DateSources, now: datetime
) -> Found[str | None]:
    """The one day that readers see by the headline, where it is earlier by more than a time zone.

    The declared one stays where the address tells of it, or the other is but another reading of
    the same figures (11/1 and 1/11).
    """
    if first.value is None or sources.address_tells(first.value[:_DATE_LENGTH]):
        return first
    seen = [best_date([one], now) for one in sources.visible_dates().published]
    days = {one.value[:_DATE_LENGTH] for one in seen if one.value}
    if len(days) != 1:
        return first
    day, declared = date.fromisoformat(days.pop()), date.fromisoformat(first.value[:_DATE_LENGTH])
    is_same_figures = (day.year, day.month, day.day) == (
        declared.year,
        declared.day,
        declared.month,
    )
    if declared - day <= _A_DAY or is_same_figures:
        return first
    return next(one for one in seen if one.value)


def _is_midnight_abroad(value: str) -> bool:
    """Whether a time in UTC may be a mere day, the midnight at which it began east of Greenwich."""
    return value.endswith(_MIDNIGHTS_ABROAD)


def _as_readers_see_it(first: Found[str | None], seen: Found[str | None]) -> Found[str | None]:
    """The day that readers see, where the declared moment is the midnight that it begins with."""
    if first.value is None or seen.value is None or not _is_midnight_abroad(first.value):
        return first
    if len(seen.value) > _DATE_LENGTH:
        return first  # readers see a time of day, so that the moment is one
    day = seen.value
    ahead = datetime.fromisoformat(day).replace(tzinfo=UTC) - datetime.fromisoformat(first.value)
    if day == first.value[:_DATE_LENGTH] or abs(ahead) > _LARGEST_OFFSET:
        return first
    return Found(day, seen.origin)


def _may_be_another_day(value: str) -> bool:
    """Whether a moment is in UTC, in hours that belong to another day in America or in the East."""
    is_utc = value.endswith(("Z", "+00:00")) and len(value) > _DATE_LENGTH
    return is_utc and datetime.fromisoformat(value).hour not in _SAME_DAY_HOURS


def _on_the_clock_of_readers(
    first: Found[str | None], seen: Iterable[Candidate], now: datetime
) -> Found[str | None]:
    """The same moment with the UTC offset that the time which readers see tells, on another day."""
    if first.value is None:
        return first
    moment = datetime.fromisoformat(first.value)
    for value, _ in seen:
        local = parse_date_time(value, now=now)
        if local is None or len(local) == _DATE_LENGTH:
            continue
        clock = datetime.fromisoformat(local)
        if clock.tzinfo is not None or clock.date() == moment.date():
            continue
        offset = clock.replace(second=0, tzinfo=UTC) - moment.replace(second=0, microsecond=0)
        if abs(offset) <= _FARTHEST and not offset % _STEP_OF_ZONES:
            return Found(moment.astimezone(timezone(offset)).isoformat(), first.origin)
    return first


def _refines(new: str, old: str) -> bool:
    if _precision(new) <= _precision(old):
        return False
    if _precision(old) == 0:
        return old[:_DATE_LENGTH] in {new[:_DATE_LENGTH], _in_utc(new)[:_DATE_LENGTH]}
    # The same reading on the clock, or the same moment with the zone left off by mistake.
    return old[: len("2020-09-04T10:00")] in {
        new[: len("2020-09-04T10:00")],
        _in_utc(new)[: len("2020-09-04T10:00")],
    }


def _precision(value: str) -> int:
    """0 for a day (midnight stands for one), 1 for a local time, 2 for a time with its zone."""
    if len(value) == _DATE_LENGTH or _MIDNIGHT in value:
        return 0
    return 1 if datetime.fromisoformat(value).tzinfo is None else 2


def _in_utc(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC).isoformat() if moment.tzinfo else value


def _is_before(one: str, other: str) -> bool:
    """Whether a moment is earlier for certain; without both zones only whole days compare."""
    first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    if first.tzinfo and second.tzinfo:
        return first < second
    return first.date() < second.date()
