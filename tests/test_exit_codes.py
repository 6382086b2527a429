from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from crawler.states import State
from crawler.summary import ExitCode, RunSummary, exit_code_of

FAILED = {"due": 1, "visited": Counter({State.GONE: 1})}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, 0),
        ({"due": 3, "visited": Counter({State.OK: 2, State.UNSUPPORTED: 1})}, 0),
        ({"held": {State.GONE: 5}}, 0),  # known since an earlier run, which said so
        (FAILED, 1),
        ({"unwritten": 1}, 1),
        ({"due": 2, "visited": Counter({State.OK: 1})}, 1),
        ({"ended": "shutdown"}, 1),
        ({"invalid": 1}, 3),
        (FAILED | {"invalid": 1, "unwritten": 1}, 3),
        ({"ended": "interrupted"}, 130),
        (FAILED | {"invalid": 1, "ended": "interrupted"}, 130),
    ],
)
def test_the_exit_code_says_the_most_telling_of_what_happened(
    facts: dict[str, Any], code: int
) -> None:
    summary = RunSummary(**({"ended": "finished"} | facts))
    assert exit_code_of(summary) == code


@pytest.mark.parametrize("state", State)
def test_every_state_but_the_good_ones_makes_the_run_fail(state: State) -> None:
    summary = RunSummary(due=1, visited=Counter({state: 1}), ended="finished")
    is_good = state in {State.OK, State.NOT_MODIFIED, State.ARCHIVED, State.UNSUPPORTED}
    assert exit_code_of(summary) == (ExitCode.ALL_GOOD if is_good else ExitCode.SOURCES_FAILED)
