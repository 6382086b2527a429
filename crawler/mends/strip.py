"""Gives items that runs with `--in-place` enriched their original bytes back."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.exceptions import ItemError, Problem
from crawler.items.find import find_items
from crawler.items.item import original_text
from crawler.output.in_place import UsersFile
from crawler.output.written_file import Condition, look_at_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crawler.items.find import FoundItem


@dataclass(frozen=True, slots=True)
class StrippedItem:
    """An item whose parts of ours are, or would be, taken out.

    Attributes:
        size: how many bytes that takes out.
        has_text_below: what was typed below the article is there, and stays as the end of the body.
    """

    file: str
    size: int
    has_text_below: bool


@dataclass(slots=True)
class StripReport:
    """What stripping came to.

    Attributes:
        plain: how many items have nothing of ours.
        left: items that have and are left as they are, and folders that cannot be read.
        invalid: files of which nobody can say what of them is ours.
    """

    plain: int = 0
    stripped: list[StrippedItem] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)
    invalid: list[Problem] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many bytes are taken out of all items."""
        return sum(item.size for item in self.stripped)

    def as_json(self, *, written: bool) -> dict[str, Any]:
        """Return the report as one JSON object."""
        return {
            "written": written,
            "plain": self.plain,
            "bytes": self.size,
            "stripped": [
                {"file": item.file, "bytes": item.size, "hasTextBelow": item.has_text_below}
                for item in self.stripped
            ],
            "left": [problem.as_json() for problem in self.left],
            "invalid": [problem.as_json() for problem in self.invalid],
        }


def strip_items(
    paths: Sequence[Path],
    *,
    exclude: Path | None = None,
    only: Sequence[str] = (),
    edited: bool = False,
    write: bool = False,
) -> StripReport:
    """Take the block `enrichment` and the article out of items; other items stay as they are.

    Args:
        paths, exclude: as for `find_items`.
        only: globs on the items' relative paths or names; empty: all.
        edited: strip also items whose parts of ours somebody has edited.
        write: do it; otherwise only say what would be done.

    Raises:
        ItemsNotFoundError: one of `paths` is missing.
    """
    report = StripReport()
    found = find_items(
        paths, exclude=exclude, on_problem=report.left.append, on_bad_name=report.invalid.append
    )
    for item in found:
        if item.is_like(only):
            _strip(item, report, edited=edited, write=write)
    return report


def _strip(found: FoundItem, report: StripReport, *, edited: bool, write: bool) -> None:
    file = str(found.path)
    try:
        if not stat.S_ISREG(found.path.stat().st_mode):  # opening a pipe would wait for ever
            report.invalid.append(Problem(file, 1, "is not a regular file"))
            return
        users = UsersFile.read(found.path)
    except OSError as error:
        report.invalid.append(Problem(file, 1, f"cannot be read: {error.strerror}"))
        return
    seen = look_at_item(users.data, in_place=True)
    if seen.condition is Condition.PLAIN:
        report.plain += 1
        return
    try:
        original = original_text(users.data, file=file).encode()
    except ItemError as error:
        report.invalid.append(error.problem)
        return
    if seen.condition is Condition.EDITED and not edited:
        report.left.append(Problem(file, seen.line, f"{seen.reason}; left as it is"))
        return
    try:
        users.refuse_harm()
        if write:
            users.replace(original, root=found.root)
    except OSError as error:  # also one that was changed meanwhile
        report.left.append(Problem(file, 1, f"not stripped: {error.strerror}"))
        return
    size = len(users.data) - len(original)
    report.stripped.append(StrippedItem(file, size, bool(seen.below)))
