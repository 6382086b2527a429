"""The tables at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from crawler.cli.markup import escape
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from crawler.summary import HostTally, RunSummary


def print_report(summary: RunSummary, console: Console) -> None:
    """Print what a run did: items, states, slow and failing hosts, problems."""
    console.print(_states(summary))
    if slow := [host for host in summary.slowest_hosts() if host[1].slowest]:
        console.print(_hosts("slowest hosts", slow))
    if failing := summary.failing_hosts():
        console.print(_hosts("failing hosts", failing))
    if (tally := summary.discovery) is not None:
        console.print(
            f"{tally.asked.total()} feeds, sitemaps or files asked, {tally.failed} failed; "
            f"{tally.created} items created, {tally.known} known, {tally.unusable} unusable, "
            f"{tally.left} left for another run",
            soft_wrap=True,
            highlight=False,
        )
    console.print(
        f"{summary.items} items ({summary.changed} new or changed, {summary.invalid} invalid), "
        f"{summary.done} of {summary.due} due sources visited, {summary.written} files written, "
        f"{summary.unchanged} unchanged, {summary.unwritten} failed"
        f"{_left(summary)}; "
        f"{summary.ended} after {summary.seconds:.1f} s",
        soft_wrap=True,
        highlight=False,
    )


def _left(summary: RunSummary) -> str:
    if not summary.edited:
        return ""
    return f", {summary.edited} edited by somebody and left ({summary.outdated} lack what is new)"


def states_table(
    title: str, counts: Mapping[str, tuple[int, ...]], columns: tuple[str, ...]
) -> Table:
    """Return a table with a row a state."""
    table = Table(title=title, title_justify="left")
    table.add_column("state")
    for column in columns:
        table.add_column(column, justify="right")
    for state, row in counts.items():
        table.add_row(state, *map(str, row))
    return table


def _states(summary: RunSummary) -> Table:
    known = {str(state or "not visited"): n for state, n in summary.held.items()}
    visited = {str(state): n for state, n in summary.visited.items()}
    order = [str(state) for state in State] + ["not visited"]
    rows = {
        state: (visited.get(state, 0), known.get(state, 0))
        for state in order
        if state in known or state in visited
    }
    return states_table("sources", rows, ("this run", "now held"))


def _hosts(title: str, hosts: list[tuple[str, HostTally]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("host")
    for column in ("tries", "failed", "slowest s", "mean s"):
        table.add_column(column, justify="right")
    for name, tally in hosts:
        mean = tally.seconds / tally.tries
        seconds = (f"{tally.slowest:.2f}", f"{mean:.2f}")
        table.add_row(escape(name), str(tally.tries), str(tally.failures), *seconds)
    return table
