"""When an article was published and last changed, from all sources that say so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.extraction.metadata.candidates import Found
from crawler.extraction.metadata.dates import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.extraction.metadata.candidates import Candidate

_DATE_LENGTH = 10
_MIDNIGHT = "T00:00:00"
_WHOLE = 2  # precision of a time with its zone, which nothing refines


def publication_dates(
    published: Iterable[Candidate],
    modified: Iterable[Candidate],
    visible: Callable[[], Iterable[Candidate]],
    now: datetime,
) -> tuple[Found[str | None], Found[str | None]]:
    """The dates of publication and change; raw candidates are in order of trust.

    A change before the publication is a mistake of the page and dropped.

    Args:
        visible: gives what readers see of the publication; asked only where nothing else gives
            more than the day.
    """
    first = best_date(published, now)
    if first.value is None or _precision(first.value) == 0:
        first = best_date(visible(), now, first)
    last = best_date(modified, now)
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
