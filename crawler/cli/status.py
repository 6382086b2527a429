"""What the ledger knows of a set of items, and what a run would fetch; writes nothing."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from crawler.cli.process import project_settings
from crawler.cli.report import states_table
from crawler.ledger.ledger import UnusableLedgerError, Wanted
from crawler.ledger.records import FileStamp
from crawler.ledger.revisit import RevisitPolicy
from crawler.ledger.sqlite import SqliteLedger
from crawler.options import OptionError
from crawler.output.layout import Layout
from crawler.report.document import Selection
from crawler.report.facts import known_items, read_facts
from crawler.run_log import read_runs
from crawler.sanitize import visible
from crawler.session import RunSession
from crawler.states import State
from crawler.summary import ExitCode
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.options import CrawlOptions
    from crawler.report.facts import Link


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
            if not due:
                errors.print("0 sources due")
            for source in plan:
                print(visible(f"{source.reason}\t{source.record.urls[0]}", keep="\t"))
        invalid = crawl.summary.invalid
    return ExitCode.ITEMS_INVALID if invalid else ExitCode.DONE


@dataclass(slots=True)
class Status:
    """Items known as they are, changed since, never read, and gone; their sources by state.

    Attributes:
        states: by what is held of each.
        last: by how the last visit to each ended.
        run: the last run, as the log of runs has it.
        links: the sources that were asked for.
    """

    known: int = 0
    changed: int = 0
    new: int = 0
    gone: int = 0
    due: int = 0
    states: dict[State | None, int] = field(default_factory=dict)
    last: dict[State | None, int] = field(default_factory=dict)
    run: dict[str, Any] | None = None
    links: list[Link] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the status as one JSON object."""
        items = {"known": self.known, "changed": self.changed, "new": self.new, "gone": self.gone}
        document: dict[str, Any] = {
            "items": items,
            "sources": {"due": self.due, "held": _named(self.states), "last": _named(self.last)},
        }
        if self.run is not None:
            keys = ("startedDateTime", "seconds", "ended", "exitCode")
            document["lastRun"] = {key: self.run[key] for key in keys if key in self.run}
        if self.links is not None:
            document["links"] = [link.as_json() for link in self.links]
        return document


def _named(states: Mapping[State | None, int]) -> dict[str, int]:
    return {str(state or "not-visited"): count for state, count in states.items()}


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


def read_status(
    items: list[Path] | None, output: Path, *, states: frozenset[State] = frozenset()
) -> Status:
    """Look the items up in the ledger of an output folder; None: all that it knows.

    Args:
        states: sources to list: those whose last visit ended so.

    Raises:
        ItemsNotFoundError: a path among the items does not exist.
        OptionError: the folder has no ledger.
    """
    status = Status()
    ledger = open_ledger(output)
    try:
        found = list(known_items(ledger, items, exclude=output))
        for path, record in found:
            if record is None:
                status.new += 1
                continue
            ledger.select(record.output)
            stamp = _stamp(Path(path))
            status.gone += stamp is None
            status.known += stamp == record.stamp
            status.changed += stamp not in {None, record.stamp}
        status.due = ledger.plan(Wanted(revisit=RevisitPolicy.from_settings(project_settings({}))))
        status.states, status.last = ledger.states(), ledger.last_states()
        status.run = next(iter(deque(read_runs(Layout(output).run_log), maxlen=1)), None)
        if states:
            facts = read_facts(ledger, found, output, now=now_text(), since=None)
            status.links = [link for link in facts.links if Selection(states).has(link)]
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
    """Print the sources that were asked for, a line each, or else a table and a line."""
    if status.links is not None:
        for link in status.links:
            state, since = link.as_json()["state"], (link.since or "")[:10]
            for place in link.places:
                print(visible(f"{state}\t{since}\t{place}\t{link.url}", keep="\t"))
        return
    names = [*map(str, State), None]
    rows = {
        name or "not visited": (status.last.get(state, 0), status.states.get(state, 0))
        for name in names
        if (state := None if name is None else State(name)) in status.last or state in status.states
    }
    console.print(states_table("sources", rows, ("last", "held")))
    if status.run is not None:
        run = status.run
        told = f"last run: {run['startedDateTime']}, {run.get('ended')}"
        if isinstance(seconds := run.get("seconds"), int | float):
            told += f" after {seconds:.0f} s"
        console.print(told, soft_wrap=True, highlight=False, markup=False)
    gone = f"{status.gone} gone, " if status.gone else ""
    console.print(
        f"{status.known} items as the ledger knows them, {status.changed} touched since, {gone}"
        f"{status.new} never read; {status.due} sources due",
        soft_wrap=True,
        highlight=False,
    )
