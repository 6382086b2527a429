from __future__ import annotations

import json

from crawler.ledger.records import Attempt, Visit
from crawler.states import State
from crawler.summary import RunSummary


def visit(*attempts: Attempt) -> Visit:
    return Visit(attempts[-1].state, "2026-01-01T00:00:00Z", attempts, answered=len(attempts) - 1)


def test_visits_are_counted_by_state_and_their_tries_by_registered_domain() -> None:
    summary = RunSummary(due=2)
    summary.add_visit(
        visit(
            Attempt("https://www.example.com/a", State.NOT_FOUND, seconds=0.5),
            Attempt("https://amp.example.com/a", State.OK, seconds=1.5),
        )
    )
    summary.add_visit(visit(Attempt("https://example.org/a", State.TIMEOUT, seconds=30.0)))
    assert summary.done == 2
    assert summary.failed == 1
    assert summary.visited == {State.OK: 1, State.TIMEOUT: 1}
    tally = summary.hosts["example.com"]
    assert (tally.tries, tally.failures, tally.seconds, tally.slowest) == (2, 1, 2.0, 1.5)
    assert [host for host, _ in summary.slowest_hosts()] == ["example.org", "example.com"]
    assert [host for host, _ in summary.failing_hosts()] == ["example.com", "example.org"]


def test_a_redirected_try_is_counted_for_the_host_that_answered() -> None:
    summary = RunSummary()
    attempt = Attempt("https://short.example.org/x", State.OK, redirects=("https://example.com/a",))
    summary.add_visit(visit(attempt))
    assert list(summary.hosts) == ["example.com"]


def test_problems_are_all_counted_but_only_the_first_are_kept() -> None:
    summary = RunSummary()
    for number in range(1000):
        summary.add_problem(f"x.md:{number}: bad")
    assert summary.problem_count == 1000
    assert len(summary.problems) == 200


def test_a_summary_comes_back_from_json() -> None:
    summary = RunSummary(items=3, changed=2, invalid=1, due=2, held={State.OK: 1, None: 1})
    summary.add_visit(visit(Attempt("https://example.com/a", State.OK, seconds=1.5)))
    summary.add_problem("x.md:1: bad")
    summary.ended = "finished"
    assert RunSummary.from_json(json.loads(json.dumps(summary.as_json()))) == summary


def test_the_summary_is_json() -> None:
    summary = RunSummary(items=1, held={None: 2, State.OK: 3})
    document = json.loads(json.dumps(summary.as_json()))
    assert document["sources"]["held"] == {"not-visited": 2, "ok": 3}
