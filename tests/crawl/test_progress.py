"""The time that a run still takes follows the queues of its sites."""

from __future__ import annotations

import heapq
import random

import pytest

from crawler.crawl.progress import SiteQueues


class Run:
    """A run with a clock of its own: each site ends a visit every so many seconds."""

    def __init__(self, due: dict[str, int], apart: dict[str, float]) -> None:
        self.now = 0.0
        self.apart = apart
        self.queues = SiteQueues(due, clock=lambda: self.now)
        chance = random.Random(1)
        self.ends: list[tuple[float, str]] = []
        for site, count in due.items():
            at = 0.0
            for _ in range(count):
                at += apart[site] * chance.uniform(0.7, 1.3)
                self.ends.append((at, site))
        heapq.heapify(self.ends)
        self.length = max(self.ends)[0]

    def until(self, at: float) -> None:
        while self.ends and self.ends[0][0] <= at:
            self.now, site = heapq.heappop(self.ends)
            self.queues.end_visit(f"{site}/a")
        self.now = at

    def left(self) -> float:
        return self.queues.seconds_left(lambda site: self.apart[site], lambda _: 0.0)


PLANS = {
    "one long queue": ({"long.example": 400, **{f"s{n}.example": 5 for n in range(200)}}, 1.0),
    "two of different paces": ({"slow.example": 60, "quick.example": 300}, 1.0),
    "all alike": ({f"s{n}.example": 30 for n in range(50)}, 2.0),
}


@pytest.mark.parametrize("name", PLANS)
def test_it_is_right_within_a_quarter_from_a_tenth_of_the_run_on(name: str) -> None:
    due, seconds = PLANS[name]
    apart = dict.fromkeys(due, seconds) | {"slow.example": 8 * seconds}
    run = Run(due, apart)
    for tenth in range(1, 10):
        run.until(run.length * tenth / 10)
        really = run.length - run.now
        assert run.left() == pytest.approx(really, rel=0.25, abs=2), f"{tenth} tenths"


def test_a_plan_of_many_sites_takes_as_long_as_pages_come_together() -> None:
    sites = {f"s{n}.example": 2 for n in range(1000)}
    now = 0.0
    queues = SiteQueues(sites, clock=lambda: now)
    for number in range(500):  # no faster than pages are read, whatever the sites' pauses
        now += 0.5
        queues.end_visit(f"s{number}.example/a")
    assert queues.seconds_left(lambda _: 0.1, lambda _: 0.0) == pytest.approx(750)


def test_a_pause_is_waited_for_and_a_queue_that_is_empty_takes_no_time() -> None:
    queues = SiteQueues({"a.example": 1, "b.example": 1}, clock=lambda: 5.0)
    queues.end_visit("a.example/x")
    queues.end_visit("www.elsewhere.example/x")
    assert queues.seconds_left(lambda _: 2.0, lambda site: 60.0 * (site == "b.example")) == 62
    queues.end_visit("b.example/x")
    assert queues.seconds_left(lambda _: 2.0, lambda _: 60.0) == 0
