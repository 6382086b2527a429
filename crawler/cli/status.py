"""What the ledger knows of a set of items, and what a run would fetch; writes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console

from crawler.cli.process import project_settings
from crawler.cli.report import states_table
from crawler.items.find import find_items
from crawler.items.intake import absolute
from crawler.ledger.ledger import UnusableLedgerError, Wanted
from crawler.ledger.records import FileStamp
from crawler.ledger.revisit import RevisitPolicy
from crawler.ledger.sqlite import SqliteLedger
from crawler.options import OptionError
from crawler.output.layout import Layout, item_output_path
from crawler.sanitize import visible
from crawler.session import RunSession
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crawler.options import CrawlOptions
    from crawler.states import State


_PAGE = 500


def print_plan(options: CrawlOptions, overrides: Mapping[str, str], *, as_json: bool) -> ExitCode:
    """Print a line (or a JSON object) for each due source, and return the exit code."""
    errors = Console(stderr=True)
    with RunSession(
        options,
        revisit=RevisitPolicy.from_settings(project_settings(overrides)),
        on_problem=lambda text: errors.print(visible(text), markup=False, soft_wrap=True),
        should_stop=lambda: False,
    ) as crawl:
        due = crawl.plan()
        plan = (
            source for position in range(0, due, _PAGE) for source in crawl.due(position, _PAGE)
        )
        if as_json:
            rows = [{"reason": due.reason, "urls": due.record.urls} for due in plan]
            print(json.dumps(rows, indent=2))
        else:
            for source in plan:
                print(visible(f"{source.reason}\t{source.record.urls[0]}", keep="\t"))
        invalid = crawl.summary.invalid
    return ExitCode.ITEMS_INVALID if invalid else ExitCode.DONE


@dataclass(slots=True)
class Status:
    """Items known as they are, changed since, and never read; their sources by state."""

    known: int = 0
    changed: int = 0
    new: int = 0
    due: int = 0
    states: dict[State | None, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the status as one JSON object."""
        return {
            "items": {"known": self.known, "changed": self.changed, "new": self.new},
            "sources": {
                "due": self.due,
                "held": {str(state or "not-visited"): n for state, n in self.states.items()},
            },
        }


def open_ledger(output: Path) -> SqliteLedger:
    """Open the ledger of an output folder.

    Raises:
        OptionError: there is none, or it is of no use.
        UnsafePathError: it is a symlink.
    """
    layout = Layout(output)
    layout.refuse_links()
    path = layout.ledger
    if not path.is_file():
        raise OptionError(f"{output} has no ledger; nothing has been crawled into it")
    try:
        return SqliteLedger(path)
    except UnusableLedgerError as error:
        raise OptionError(f"{error}; the next run makes it anew from what was written") from error


def read_status(items: list[Path], output: Path) -> Status:
    """Look the items up in the ledger of an output folder.

    Raises:
        ItemsNotFoundError: a path among the items does not exist.
        OptionError: the folder has no ledger.
    """
    status = Status()
    ledger = open_ledger(output)
    try:
        for found in find_items(items, exclude=output, on_problem=lambda _: None):
            record = ledger.item_from(absolute(found.path))
            record = record or ledger.item(str(item_output_path(found.relative)))
            if record is None:
                status.new += 1
                continue
            ledger.select(record.output)
            is_same = record.stamp == _stamp(found.path)
            status.known += is_same
            status.changed += not is_same
        status.due = ledger.plan(Wanted(revisit=RevisitPolicy.from_settings(project_settings({}))))
        status.states = ledger.states()
    finally:
        ledger.close()
    return status


def _stamp(path: Path) -> FileStamp | None:
    try:
        stat = path.stat()
    except OSError:  # a dangling link, or gone since it was found
        return None
    return FileStamp.of(stat)


def print_status(status: Status, console: Console) -> None:
    """Print the status as a table and a line."""
    rows = {str(state or "not visited"): (n,) for state, n in status.states.items()}
    console.print(states_table("sources", rows, ("held",)))
    console.print(
        f"{status.known} items as the ledger knows them, {status.changed} touched since, "
        f"{status.new} never read; {status.due} sources due",
        soft_wrap=True,
        highlight=False,
    )
