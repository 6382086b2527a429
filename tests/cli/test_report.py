from __future__ import annotations

import io
import re
from itertools import takewhile
from typing import TYPE_CHECKING

from rich.console import Console

from crawler.cli.report import print_report, states_table
from crawler.ledger.records import Attempt, Visit
from crawler.states import State
from crawler.summary import RunSummary

if TYPE_CHECKING:
    from rich.table import Table


def report_of(summary: RunSummary) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_report(summary, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def rows(text: str) -> list[list[str]]:
    """The cells of the tables' rows; borders have none."""
    lines = text.splitlines()
    rule = next(number for number, line in enumerate(lines) if set(line.strip()) == {"─"})
    return [re.split(r" {2,}", line.strip()) for line in takewhile(str.strip, lines[rule + 1 :])]


def visit(url: str, state: State, seconds: float) -> Visit:
    return Visit(state, "2024-05-14T08:30:00Z", (Attempt(url, state, seconds=seconds),))


def test_the_last_line_has_all_the_counts() -> None:
    summary = RunSummary(items=3, changed=2, invalid=1, due=4, written=5, unchanged=6, unwritten=7)
    summary.add_visit(visit("https://news.example/a", State.OK, 0.1))
    summary.seconds, summary.ended = 12.345, "interrupted"
    assert report_of(summary).splitlines()[-1] == (
        "3 items (2 new or changed, 1 invalid), 1 of 4 due sources visited, 5 files written, "
        "6 unchanged, 7 failed; interrupted after 12.3 s"
    )


def test_states_stand_in_their_fixed_order_with_this_run_beside_what_is_held() -> None:
    summary = RunSummary(held={None: 4, State.TIMEOUT: 1, State.OK: 20})
    for state in (State.GONE, State.OK, State.OK):
        summary.add_visit(visit("https://news.example/a", state, 0.0))
    assert rows(report_of(summary))[:4] == [
        ["ok", "2", "20"],
        ["gone", "1", "0"],
        ["timeout", "0", "1"],
        ["not visited", "0", "4"],
    ]


def test_slow_and_failing_hosts_are_ranked() -> None:
    summary = RunSummary()
    summary.add_visit(visit("https://quick.example/a", State.GONE, 0.5))
    summary.add_visit(visit("https://quick.example/b", State.GONE, 0.25))
    summary.add_visit(visit("https://slow.example/a", State.OK, 9.0))
    summary.add_visit(visit("https://slow.example/b", State.TIMEOUT, 30.0))
    text = report_of(summary)
    slow, failing = text.index("slowest hosts"), text.index("failing hosts")
    assert rows(text[slow:failing]) == [
        ["slow.example", "2", "1", "30.00", "19.50"],
        ["quick.example", "2", "2", "0.50", "0.38"],
    ]
    assert [row[0] for row in rows(text[failing:])] == ["quick.example", "slow.example"]


def test_a_run_without_visits_has_no_tables_of_hosts() -> None:
    text = report_of(RunSummary(held={State.OK: 1}))
    assert "hosts" not in text
    assert "problems" not in text


def test_a_states_table_has_a_column_a_count() -> None:
    table: Table = states_table("sources", {"ok": (1, 2), "gone": (3, 4)}, ("one", "two"))
    assert [str(column.header) for column in table.columns] == ["state", "one", "two"]
    assert [list(column.cells) for column in table.columns] == [
        ["ok", "gone"],
        ["1", "3"],
        ["2", "4"],
    ]
