"""Removes files of an output folder that no item needs any more, as far as a run wrote them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.exceptions import ItemError, Problem
from crawler.items.front_matter import load_enrichment
from crawler.output.atomic import UnsafePathError, refuse_outside, remove_file
from crawler.output.layout import Layout, Target
from crawler.output.written_file import Condition, look_at_item, look_at_source, read_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.ledger.ledger import Ledger
    from crawler.output.written_file import WrittenFile

# How entries, in whatever file, name files of the output folder.
_NAMED: Final = re.compile(
    rb"(?:sources/[a-z0-9.-]+/[a-z0-9-]+\.md|images/[0-9a-f]{2}/[0-9a-f]{40}(?:-\d+)?\.[a-z]+)"
)
_COPY: Final = re.compile(r"images/([0-9a-f]{2})/(\1[0-9a-f]{38})(-\d+)?\.(jpg|png|gif|webp|avif)")
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class StaleFile:
    """A file that is, or would be, removed.

    Attributes:
        kind: "items", "sources" or "images".
        name: its path below the output folder.
        size: in bytes.
    """

    kind: str
    name: str
    size: int


@dataclass(slots=True)
class CleanReport:
    """What is removed, and what is left although nothing needs it."""

    removed: list[StaleFile] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return number and bytes of what is removed, by kind."""
        of_kind = {
            kind: [file.size for file in self.removed if file.kind == kind]
            for kind in ("items", "sources", "images")
        }
        return {kind: {"files": len(s), "bytes": sum(s)} for kind, s in of_kind.items()}

    def as_json(self, *, written: bool) -> dict[str, Any]:
        """Return the report as one JSON object."""
        return {
            "written": written,
            **self.counts(),
            "removed": [{"file": file.name, "bytes": file.size} for file in self.removed],
            "left": [problem.as_json() for problem in self.left],
        }


def clean_output(
    output: Path, ledger: Ledger, item_files: Iterable[Path], *, write: bool = False
) -> CleanReport:
    """Find, and with `write` remove, what neither an item nor a file that stays needs.

    Call it with the lock of the output folder held.

    Args:
        ledger: it has taken all items just now.
        item_files: the files of these items, which may name files of the output folder.

    Raises:
        OSError: an item file cannot be read.
    """
    clean = _Clean(Layout(output), ledger, write=write)
    for path in item_files:
        clean.named |= _named_in(path.read_bytes())
    clean.items()
    clean.sources()  # after the items, which name them
    clean.images()
    return clean.report


def _named_in(data: bytes) -> set[str]:
    return {name.decode() for name in _NAMED.findall(data)}


class _Clean:
    def __init__(self, layout: Layout, ledger: Ledger, *, write: bool) -> None:
        self._layout, self._ledger, self._write = layout, ledger, write
        self.named: set[str] = set()
        self.report = CleanReport()

    def items(self) -> None:
        for target, data in self._files(self._layout.items):
            found = look_at_item(data, in_place=False)
            if self._ledger.item(target.name.removeprefix("items/")) is not None:
                self.named |= _named_in(data)
            elif found.condition is Condition.UNTOUCHED and not found.below:
                self._remove("items", target, data)
            else:
                self.named |= _named_in(data)
                self._leave(target, found.reason or "has text below the article", found.line)

    def sources(self) -> None:
        for target, data in self._files(self._layout.sources):
            found = look_at_source(data)
            if target.name in self.named or self._is_named(target, found):
                self.named |= _named_in(data)
            elif found.condition is Condition.UNTOUCHED:
                self._remove("sources", target, data)
            else:
                self.named |= _named_in(data)
                self._leave(target, found.reason, found.line)

    def images(self) -> None:
        for target, data in self._files(self._layout.images):
            if target.name in self.named:
                continue
            copy = _COPY.fullmatch(target.name)
            if copy is None:
                self._leave(target, "is not of a name that copies have")
            elif data.startswith(_JPEG) if copy[3] else sha256(data).hexdigest()[:40] == copy[2]:
                self._remove("images", target, data)
            else:
                self._leave(target, "is not the copy that was written")

    def _is_named(self, target: Target, found: WrittenFile) -> bool:
        """Whether an item names the source: also one whose own file is yet to be written."""
        try:
            url = load_enrichment(found.front, file=target.name).get("requestedUrl")
        except ItemError:
            return False
        record = self._ledger.source_of_url(url) if isinstance(url, str) else None
        if record is None or self._layout.source(record.key).name != target.name:
            return False
        return bool(self._ledger.items_naming(record.key))

    def _files(self, folder: Path) -> Iterator[tuple[Target, bytes]]:
        """Yield files, by name, and what is in them; links are told and not followed."""
        output = self._layout.output
        refuse_outside(folder / "any", output)
        for path, folders, files in os.walk(folder, followlinks=False):
            folders.sort()
            for name in sorted(files):
                file = Path(path, name)
                if name.startswith("."):
                    continue  # temporary ones are swept by runs, others are nobody's business
                target = Target(file, output, file.relative_to(output).as_posix())
                try:
                    data = read_written(target)
                except OSError as error:
                    self._leave(target, str(error.strerror))
                    continue
                if data is not None:
                    yield target, data

    def _remove(self, kind: str, target: Target, data: bytes) -> None:
        if self._write:
            try:
                if read_written(target) != data:
                    raise UnsafePathError(target.path, "it was changed meanwhile")
                remove_file(target.path, root=target.root)
            except OSError as error:
                self._leave(target, f"not removed: {error.strerror}")
                return
            self._ledger.put_rendered(target.name, None)
            _remove_empty(target.path.parent, self._layout.output)
        self.report.removed.append(StaleFile(kind, target.name, len(data)))

    def _leave(self, target: Target, reason: str, line: int = 1) -> None:
        self.report.left.append(Problem(str(target.path), line, f"{reason}; left as it is"))


def _remove_empty(folder: Path, output: Path) -> None:
    """Remove folders that have become empty, but for those right in the output folder."""
    while folder.parent != output:
        try:
            folder.rmdir()
        except OSError:  # something is in it
            return
        folder = folder.parent
