"""Where everything lies below the output folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.output.names import source_output_path

if TYPE_CHECKING:
    from crawler.ledger.records import ItemRecord


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write: its path, the folder it may not leave, its name in the ledger."""

    path: Path
    root: Path
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one output folder.

    Attributes:
        output: the output folder.
        in_place: whether enriched items replace the item files themselves.
    """

    output: Path
    in_place: bool = False

    @property
    def items(self) -> Path:
        """Folder of the enriched items."""
        return self.output / "items"

    @property
    def sources(self) -> Path:
        """Folder of the related source articles."""
        return self.output / "sources"

    @property
    def images(self) -> Path:
        """Folder of the copies of images."""
        return self.output / "images"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.output / ".crawler" / "ledger.sqlite3"

    @property
    def lock(self) -> Path:
        """File that the one run on this folder holds locked."""
        return self.output / ".crawler" / "lock"

    @property
    def set_aside(self) -> Path:
        """Folder of files that could not be read when they were to be written anew."""
        return self.output / ".crawler" / "set-aside"

    @property
    def watch_lock(self) -> Path:
        """File that the one watch on this folder holds locked."""
        return self.output / ".crawler" / "watch.lock"

    @property
    def run_log(self) -> Path:
        """File with a line for each run."""
        return self.output / ".crawler" / "runs.jsonl"

    def item(self, item: ItemRecord) -> Target:
        """Where an enriched item goes."""
        if self.in_place:
            return Target(Path(item.origin), Path(item.root), item.origin)
        name = f"items/{item.output}"
        return Target(self.output / name, self.output, name)

    def text_of_item(self, item: ItemRecord) -> str:
        """Path to print for the text of an item: below the output folder, or below ITEMS."""
        if self.in_place:
            return Path(item.origin).relative_to(item.root).as_posix()
        return f"items/{item.output}"

    def source(self, key: str) -> Target:
        """Where the article of the source with this key goes, where no item is about it."""
        return _source(self.output, key)


@lru_cache(maxsize=4096)  # each item that names a source asks several times
def _source(output: Path, key: str) -> Target:
    name = f"sources/{source_output_path(f'https://{key}', key)}"
    return Target(output / name, output, name)
