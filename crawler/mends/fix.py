"""Writes other addresses in the place of those that are dead or have moved into items."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from crawler.exceptions import ItemError, Problem
from crawler.items.find import find_items
from crawler.items.front_matter import FieldLines
from crawler.items.intake import absolute
from crawler.items.item import original_yaml, parse_item
from crawler.items.scalar import field_name, with_value
from crawler.mends.advice import Advice, advise, may_need_advice
from crawler.output.in_place import UsersFile
from crawler.output.layout import item_output_path
from crawler.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.items.find import FoundItem
    from crawler.ledger.ledger import Ledger
    from crawler.ledger.records import Mention, SourceRecord
    from crawler.mends.keep import KeepRule


@dataclass(frozen=True, slots=True)
class Edit:
    """An address that is, or would be, replaced.

    Attributes:
        line: of the field in the file, counted from 1.
        field: its name, such as `related[2].webUrl`.
        why: the evidence.
    """

    line: int
    field: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class FixedItem:
    """An item with what is, or would be, another text of its file."""

    file: str
    edits: tuple[Edit, ...]
    before: str
    after: str

    def diff(self) -> str:
        """Return the change as a unified diff, which `git apply` and `patch` take."""
        name = visible(self.file).lstrip("/")
        texts = _lines(self.before), _lines(self.after)
        lines = unified_diff(*texts, f"a/{name}", f"b/{name}")
        end = "\n\\ No newline at end of file\n"
        return "".join(line if line.endswith("\n") else f"{line}{end}" for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines of a text as diffs count them: only LF ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


@dataclass(slots=True)
class FixReport:
    """What fixing came to.

    Attributes:
        kept: addresses that a rule keeps as they are.
        left: addresses that are dead or have moved, and for which nothing is proposed.
        refused: proposals that cannot be written into their file.
        invalid: items that cannot be read.
    """

    fixed: list[FixedItem] = field(default_factory=list)
    kept: list[Problem] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    invalid: list[Problem] = field(default_factory=list)

    @property
    def edits(self) -> int:
        """How many addresses are replaced."""
        return sum(len(item.edits) for item in self.fixed)

    def as_json(self, *, written: bool) -> dict[str, Any]:
        """Return the report as one JSON object."""
        return {
            "written": written,
            "fixed": [
                {
                    "file": item.file,
                    "line": edit.line,
                    "field": edit.field,
                    "from": edit.before,
                    "to": edit.after,
                    "why": edit.why,
                }
                for item in self.fixed
                for edit in item.edits
            ],
            "kept": [problem.as_json() for problem in self.kept],
            "left": [problem.as_json() for problem in self.left],
            "refused": [problem.as_json() for problem in self.refused],
            "invalid": [problem.as_json() for problem in self.invalid],
        }


def fix_items(
    paths: Sequence[Path],
    ledger: Ledger,
    *,
    exclude: Path | None = None,
    only: Sequence[str] = (),
    keep: Sequence[KeepRule] = (),
    write: bool = False,
) -> FixReport:
    """Replace the addresses of items that `crawler.mends.advice` has something for.

    Args:
        paths, exclude: as for `find_items`.
        only: globs on the items' relative paths or names; empty: all.
        keep: what is never touched.
        write: do it; otherwise only say what would be done.

    Raises:
        ItemsNotFoundError: one of `paths` is missing.
    """
    report = FixReport()
    found = find_items(
        paths, exclude=exclude, on_problem=report.invalid.append, on_bad_name=report.invalid.append
    )
    for item in found:
        if item.is_like(only) and (sources := list(_sources(item, ledger))):
            try:
                _fix(item, sources, ledger, keep, report, write=write)
            except ItemError as error:
                report.invalid.append(error.problem)
    return report


def _sources(item: FoundItem, ledger: Ledger) -> Iterator[tuple[Mention, SourceRecord]]:
    """Yield the sources of an item whose addresses may be dead or have moved."""
    known = ledger.item_from(absolute(item.path)) or ledger.item(
        str(item_output_path(item.relative))
    )
    for mention in () if known is None else known.mentions:
        record = ledger.source(mention.source)
        if record is not None and may_need_advice(record):
            yield mention, record


def _fix(
    found: FoundItem,
    sources: list[tuple[Mention, SourceRecord]],
    ledger: Ledger,
    keep: Sequence[KeepRule],
    report: FixReport,
    *,
    write: bool,
) -> None:
    file = str(found.path)
    users = _read(found.path)
    item = parse_item(users.data, found.path)
    text = before = users.data.decode()
    lines = FieldLines(original_yaml(text, file))
    edits: list[Edit] = []
    for mention, record in sources:
        for advice in advise(item, mention, record, ledger.source_of_url):
            name, line = field_name(advice.path), lines.line(*advice.path)
            if advice.after is None:
                report.left.append(Problem(file, line, f"{name}: {advice.why}"))
            elif rule := _rule(keep, found, advice):
                report.kept.append(Problem(file, line, f"{name} is kept by {rule.place}"))
            else:
                try:
                    text = with_value(text, advice.path, advice.after, file=file)
                except ItemError as error:
                    report.refused.append(error.problem)
                    continue
                edits.append(Edit(line, name, advice.before, advice.after, advice.why))
    if not edits:
        return
    try:
        users.refuse_harm()
        if write:
            users.replace(text.encode(), root=found.root)
    except OSError as error:  # also one that was changed meanwhile
        report.refused.append(Problem(file, 1, f"not written: {error.strerror}"))
        return
    report.fixed.append(FixedItem(file, tuple(edits), before, text))


def _read(path: Path) -> UsersFile:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise ItemError(Problem(str(path), 1, "is not a regular file"))
        return UsersFile.read(path)
    except OSError as error:
        raise ItemError(Problem(str(path), 1, f"cannot be read: {error.strerror}")) from error


def _rule(keep: Sequence[KeepRule], item: FoundItem, advice: Advice) -> KeepRule | None:
    name = ".".join(step for step in advice.path if isinstance(step, str))
    before, after = advice.before.strip(), advice.after or ""
    return next((rule for rule in keep if rule.is_about(item, name, before, after)), None)
