"""Values of feeds as plain, bounded, harmless ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from crawler.discover.feeds.feed import MOST_IMAGES, MOST_NAMES, NAME_LIMIT
from crawler.discover.found import FoundImage
from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_text import field_text
from crawler.inert import http_url
from crawler.moments import moment, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
# Field texts get a space for each tag, which is right for all but these.
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|i|mark|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,2000})?>",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)\Z")
_AMPERSAND: Final = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_LOST: Final = "\ufffd"
_LONGEST_SIDE: Final = 100_000


def text_of(value: object, limit: int) -> str | None:
    """Return a text, or None where there is none."""
    return field_text(value, limit) if isinstance(value, str) else None


def prose_of(value: object, limit: int) -> str | None:
    """Return what HTML of a few sentences says, as one line of text."""
    return text_of(_INLINE.sub("", value) if isinstance(value, str) else None, limit)


def names_of(values: Iterable[object]) -> tuple[str, ...]:
    """Return the names among some values, each once."""
    names = (text_of(value, NAME_LIMIT) for value in values)
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_NAMES]


def language_of(value: object) -> str | None:
    """Return a language as BCP 47 writes it."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value.strip()):
        return None
    return value.strip().replace("_", "-")


def date_of(value: object) -> str | None:
    """Return a date as ISO 8601, one with an offset in UTC; None where it cannot be read surely."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = value if isinstance(value, str) else f"{value:.0f}"
    date = parse_date_time(text)
    if date is None or _OFFSET.search(date) is None:
        return date
    try:
        return utc_text(moment(date))
    except OverflowError:
        return None


def url_of(value: object, base: str) -> str | None:
    """Return an absolute http or https URL; None, too, where a character of it was lost.

    What is escaped twice is as it was meant: no URL of a page has `&amp;` in it.
    """
    if not isinstance(value, str) or not value.strip() or _LOST in value:
        return None
    return http_url(_AMPERSAND.sub("&", value), base)


def images_of(values: Iterable[tuple[object, object, object]], base: str) -> tuple[FoundImage, ...]:
    """Return images from pairs of URL, width and height, each once."""
    found: dict[str, FoundImage] = {}
    for url, width, height in values:
        address = url_of(url, base)
        if address is not None and address not in found:
            found[address] = FoundImage(address, _side(width), _side(height))
    return tuple(found.values())[:MOST_IMAGES]


def _side(value: Any) -> int | None:
    try:
        side = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return side if 0 < side < _LONGEST_SIDE else None
