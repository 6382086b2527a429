"""The bundled items, copied out so that a crawl can read them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def copy_items(folder: Path) -> list[Path]:
    """Write the bundled item files into `folder` byte for byte, and return their paths by name.

    The folder is made where it is missing; files of the same names are overwritten.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in (files("crawler.demo") / "items").iterdir():
        target = folder / source.name
        target.write_bytes(source.read_bytes())
        written.append(target)
    return sorted(written)
