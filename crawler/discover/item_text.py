"""A found article as the name and the text of a new item file; pure functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.items.item import parse_item
from crawler.moments import day_of, moment, utc_text
from crawler.output.names import new_item_stem
from crawler.output.yaml_text import dump_mapping
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.discover.found import FoundArticle

_DATE_LENGTH: Final = len("2026-11-25")


def item_stem(found: FoundArticle, now: datetime) -> str:
    """Return the file's name without its suffix: `YYYY-MM-DD-slug`.

    The date in UTC is that of publication, or else when it was seen, or today.
    """
    day = day_of(found.published) or day_of(found.seen) or utc_text(now)[:_DATE_LENGTH]
    return new_item_stem(day, found.title, found.url)


def item_text(found: FoundArticle, now: datetime, *, by: str) -> str:
    """Return the text of an item about a found article; what was not told is absent.

    Args:
        now: when it was found.
        by: the spider that found it.

    Raises:
        ItemError: the text would be no item, for its URL above all.
    """
    text = f"---\n{dump_mapping(_fields(found, now, by))}---\n"
    parse_item(text.encode(), Path(f"{item_stem(found, now)}.md"), name=found.url)
    return text


def _fields(found: FoundArticle, now: datetime, by: str) -> dict[str, Any]:
    images = [
        {"url": image.url, "width": image.width, "height": image.height} for image in found.images
    ]
    return {
        "title": found.title,
        "excerpt": found.excerpt,
        "publishedDateTime": _in_utc(found.published),
        "originalUrl": found.url,
        "webUrl": found.url,
        "type": found.kind,
        "provider": {"name": found.provider, "domain": registered_domain(found.url)},
        "topics": list(found.topics),
        "images": images,
        "discovery": {
            "spider": by,
            "foundDateTime": utc_text(now),
            "foundIn": found.found_in,
            "foundUrl": found.via,
            "foundInTitle": found.found_title,
            "id": found.entry_id,
            "authors": list(found.authors),
            "modifiedDateTime": _in_utc(found.modified),
            "language": found.language,
        },
    }


def _in_utc(text: str | None) -> str | None:
    """Return a date-time in UTC with seconds, and a date as it is; None where it is neither."""
    if text is None:
        return None
    try:
        at = moment(text)
        return text if len(text) == _DATE_LENGTH else utc_text(at)
    except (ValueError, OverflowError):
        return None
