"""A new item file, made of a text that somebody hands in; never over a file that is there."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.items.item import parse_item
from crawler.items.item_place import item_place
from crawler.output.atomic import create_atomically
from crawler.output.names import slug_of_url

if TYPE_CHECKING:
    from crawler.items.item import Item

_SLUG_LENGTH: Final = 80
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.DOTALL)


def add_item(folder: Path, text: bytes, name: str | None = None) -> tuple[Path, Item, bool]:
    """Write a text as a new item below `folder`, once it is known to be one.

    Args:
        name: its place below the folder; None: `YYYY-MM-DD-slug.md`, of its date and its title.

    Returns:
        The file, the item, and whether it is new; it is not where the same text was there already.

    Raises:
        ItemError: the text is no item.
        PlaceError: the name is that of no item below the folder.
        FileExistsError: another text is there.
        OSError: it cannot be written.
    """
    item = parse_item(text, Path(name or "item.md"))
    path = item_place(folder, item_name(item) if name is None else name)
    if create_atomically(path, text, root=folder):
        return path, item, True
    if path.is_file() and path.read_bytes() == text:
        return path, item, False
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def item_name(item: Item) -> str:
    """Return the file name that an item has by its date (or today's) and its title."""
    has_date = item.source.published is not None  # or else it may be none that a calendar has
    day = _day(item.data.get("publishedDateTime")) if has_date else None
    day = day or datetime.now(UTC).date().isoformat()
    title = item.data.get("title")
    slug = _slug(title) if isinstance(title, str) else ""
    return f"{day}-{slug or slug_of_url(item.source.urls[0])}.md"


def _day(value: Any) -> str | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        with suppress(OverflowError):
            value = value.astimezone(UTC)
    if isinstance(value, date):
        return value.isoformat()[:10]
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else found[1]


def _slug(title: str) -> str:
    """Fold a title to ASCII; "" where that leaves no word of it."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _NOT_SLUG.sub("-", folded)[:_SLUG_LENGTH].strip("-")
    return slug if any(character.isalpha() for character in slug) else ""
