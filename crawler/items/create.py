"""A new item file, made of a text that somebody hands in; never over a file that is there."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.items.find import item_place
from crawler.items.item import parse_item
from crawler.output.atomic import create_atomically
from crawler.output.layout import new_item_stem
from crawler.timestamps import day_of, now_text

if TYPE_CHECKING:
    from crawler.items.item import Item

_DAY_LENGTH: Final = len("2026-11-25")


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
    day = day_of(item.data.get("publishedDateTime")) if has_date else None
    day = day or now_text()
    title = item.data.get("title")
    told = title if isinstance(title, str) else None
    return f"{new_item_stem(day[:_DAY_LENGTH], told, item.source.urls[0])}.md"
