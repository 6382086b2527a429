"""Where everything lies below the output folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.output.atomic import UnsafePathError, refuse_outside
from crawler.output.names import source_output_path
from crawler.run_log import earlier_log

if TYPE_CHECKING:
    from crawler.ledger.records import ItemRecord

_SQLITE_FILES: Final = ("", "-wal", "-shm", "-journal")


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

    def refuse_links(self) -> None:
        """Refuse to keep the books where something else lies: nothing is read or written there.

        Raises:
            UnsafePathError: a file of the books is a symlink, or none at all, or their folder leads
                out of the output folder.
        """
        files = [self.lock, self.watch_lock, self.run_log, earlier_log(self.run_log)]
        files += [self.ledger.with_name(self.ledger.name + end) for end in _SQLITE_FILES]
        for file in files:
            refuse_outside(file, self.output)
            if file.is_symlink():
                raise UnsafePathError(file, "it is a symlink, which may lead anywhere; remove it")
            if file.exists() and not file.is_file():
                raise UnsafePathError(file, "there is something else than a regular file")

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
