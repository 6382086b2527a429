"""Where below a folder of items a name from outside leads."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from crawler.items.discovery import has_item_name

_LONGEST_PART: Final = 200  # bytes; file systems take 255, and temporary names are longer
_MOST_PARTS: Final = 20


class PlaceError(ValueError):
    """The name is that of no item below the folder; the message says why."""


def item_place(folder: Path, name: str) -> Path:
    """Return the path below `folder` that a relative name with slashes means.

    The name is one that a search of the folder would find; whether the file is there is not
    looked at.

    Raises:
        PlaceError: it is not.
    """
    parts = name.split("/")
    if not name or len(parts) > _MOST_PARTS:
        raise PlaceError("the path is empty or too deep")
    for part in parts:
        if not part.isprintable() or "\\" in part or len(part.encode()) > _LONGEST_PART:
            raise PlaceError("the path has characters that no name may have, or is too long")
        if not part or part.startswith("."):
            raise PlaceError("the path is absolute, leads upwards, or is hidden")
    if not has_item_name(parts[-1]):
        raise PlaceError("the path is not that of a Markdown file (.md, .markdown)")
    place = folder / PurePosixPath(name)
    if place.parent.resolve() != folder.resolve() / PurePosixPath(name).parent:
        raise PlaceError("the path leads through a link")
    return place
