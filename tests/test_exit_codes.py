from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from crawler.states import State
from crawler.summary import ExitCode, FailedMonitor, RunSummary, exit_code_of

ALARM = {"failed_monitors": [FailedMonitor("newly-lost", "9 links were lost")]}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, 0),
        ({"due": 3, "visited": Counter({State.OK: 2, State.UNSUPPORTED: 1})}, 0),
        ({"held": {State.GONE: 5}}, 0),
        ({"due": 1, "visited": Counter({State.GONE: 1})}, 0),  # its report tells of it
        (ALARM, 1),
        ({"unwritten": 1}, 1),
        ({"outdated": 1}, 1),
        ({"faults": 1}, 1),
        ({"invalid": 1}, 3),
        (ALARM | {"invalid": 1, "unwritten": 1}, 3),
        ({"ended": "interrupted"}, 130),
        (ALARM | {"invalid": 1, "ended": "interrupted"}, 130),
    ],
)
def test_the_exit_code_says_the_most_telling_of_what_happened(
    facts: dict[str, Any], code: int
) -> None:
    summary = RunSummary(**({"ended": "finished"} | facts))
    assert exit_code_of(summary) == code


@pytest.mark.parametrize("state", State)
def test_the_state_of_one_link_is_no_matter_of_the_exit_code(state: State) -> None:
    summary = RunSummary(due=1, visited=Counter({state: 1}), ended="finished")
    assert exit_code_of(summary) is ExitCode.DONE
