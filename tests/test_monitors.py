"""Each monitor fails for what it is about, and for nothing that was known before."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler import config
from crawler.discovery.options import DiscoveryTally
from crawler.extraction.article import Article, Image
from crawler.ledger.events import Event, EventKind
from crawler.ledger.records import Attempt, Visit
from crawler.monitors import MonitorLimits, failed_monitors
from crawler.options import OptionError
from crawler.states import State
from crawler.summary import FailedMonitor, HostTally, RunSummary

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

CASES = json.loads((Path(__file__).parent / "monitors.json").read_text("utf-8"))
AT = "2026-03-01T12:00:00Z"


def summary_of(said: dict[str, Any]) -> RunSummary:
    summary = RunSummary(due=said.get("due", 0), ended=said.get("ended", "finished"))
    summary.seconds = said.get("seconds", 1.0)
    summary.visited = Counter({State(state): n for state, n in said.get("visited", {}).items()})
    summary.good = said.get("good", 0)
    summary.fallen = Counter({State(state): n for state, n in said.get("fallen", {}).items()})
    summary.newly_lost = said.get("newlyLost", 0)
    summary.articles = Counter(said.get("fields", {}))
    for host, (good, fallen) in said.get("hosts", {}).items():
        summary.hosts[host] = HostTally(good=good, fallen=fallen)
    if "discovery" in said:
        failed, asked = said["discovery"]
        summary.discovery = DiscoveryTally()
        summary.discovery.asked[State.OK] = asked - failed
        summary.discovery.asked[State.NOT_FOUND] = failed
    return summary


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_run_fails_the_monitors_that_it_should(case: dict[str, Any]) -> None:
    limits = MonitorLimits.from_settings(case.get("settings", {}))
    earlier = [run for run in case.get("earlier", []) for _ in range(run.get("times", 1))]
    found = failed_monitors(summary_of(case["run"]), earlier, limits)
    assert [(monitor.name, monitor.message) for monitor in found] == [
        tuple(expected) for expected in case["fails"]
    ]


def visit(state: State, url: str = "http://n.example/a", article: Article | None = None) -> Visit:
    return Visit(state, AT, (Attempt(url, state),), article=article)


def event(kind: EventKind, state: State, before: State | None) -> Event:
    return Event("n.example/a", AT, kind, state, before)


def test_a_link_that_failed_before_counts_for_nothing() -> None:
    summary = RunSummary()
    summary.add_visit(visit(State.NOT_FOUND))
    summary.add_visit(
        visit(State.GONE), [event(EventKind.LOST, State.GONE, before=State.FORBIDDEN)]
    )
    assert (summary.good, summary.fallen.total(), summary.newly_lost) == (0, 0, 0)


def test_a_first_visit_that_fails_is_no_loss_but_tells_of_its_site() -> None:
    summary = RunSummary()
    summary.add_visit(visit(State.GONE), [event(EventKind.LOST, State.GONE, before=None)])
    assert (summary.fallen, summary.newly_lost) == (Counter({State.GONE: 1}), 0)
    assert (summary.hosts["n.example"].good, summary.hosts["n.example"].fallen) == (0, 1)


def test_what_was_there_and_is_gone_is_newly_lost() -> None:
    summary = RunSummary()
    summary.add_visit(visit(State.GONE), [event(EventKind.LOST, State.GONE, before=State.OK)])
    assert (summary.fallen.total(), summary.newly_lost) == (1, 1)


def test_what_was_not_asked_says_nothing() -> None:
    summary = RunSummary()
    summary.add_visit(visit(State.DEFERRED))
    assert (summary.good, summary.fallen.total()) == (0, 0)


def test_articles_are_counted_with_the_fields_that_they_have() -> None:
    summary = RunSummary()
    image = Image(url="http://n.example/a.jpg")
    whole = Article(
        title="A", word_count=9, published="2026-03-01", authors=("B",), images=(image,)
    )
    summary.add_visit(visit(State.OK, article=whole))
    summary.add_visit(visit(State.OK, article=Article(title="A", word_count=9)))
    summary.add_visit(visit(State.NOT_MODIFIED))
    assert summary.articles == {
        "articles": 2,
        "text": 2,
        "title": 2,
        "date": 1,
        "author": 1,
        "image": 1,
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CRAWLER_MONITORS", "nothing-ok,nothing", "'nothing' is not one of 'nothing-ok', "),
        ("CRAWLER_MONITOR_OK_DROP", "30", "'30' is not a number from 0 to 1"),
        ("CRAWLER_MONITOR_LEAST", "none", "'none' is not a whole number from 1 on"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_by_its_name(
    name: str, value: str, said: str
) -> None:
    with pytest.raises(OptionError, match=f"{name}: {said}"):
        MonitorLimits.from_settings({name: value})


def test_the_limits_are_read_from_the_settings() -> None:
    limits = MonitorLimits.from_settings(
        {"CRAWLER_MONITORS": "duration", "CRAWLER_MONITOR_LOST": 7}
    )
    assert (limits.names, limits.lost) == ({"duration"}, 7)
    assert MonitorLimits.from_settings({}).names == set(config.MONITOR_NAMES)


SITES = [f"http://site{number}.example/a" for number in range(3)]


def test_a_night_in_which_nothing_is_ok_ends_with_1_once(
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "bridge", original_url=SITES[0], related=SITES[1:])
    for url in SITES:
        web.raw(url, lambda handler: handler.send(404, {}, b"none"))
    first = run_crawler("run", items, "-o", output, "--json", web=web)
    time.sleep(1.05 - time.time() % 1)  # visits are told apart by their second
    again = run_crawler("run", items, "-o", output, "--json", "--force", web=web)

    assert (first.code, again.code) == (1, 0)
    message = "none of 3 visits gave what was asked: not-found 3"
    assert first.json["failedMonitors"] == [{"name": "nothing-ok", "message": message}]
    assert f"monitor nothing-ok: {message}" in first.stderr
    assert again.json["failedMonitors"] == []
    off = run_crawler(
        "run",
        items,
        "-o",
        tmp_path / "other",
        "--json",
        web=web,
        settings={"CRAWLER_MONITORS": "duration"},
    )
    assert off.code == 0


def test_a_summary_for_machines_keeps_what_the_monitors_said() -> None:
    summary = RunSummary(failed_monitors=[FailedMonitor("duration", "too long")])
    summary.happened[EventKind.BACK] = 2
    read = RunSummary.from_json(json.loads(json.dumps(summary.as_json())))
    assert (read.failed_monitors, read.happened) == (
        summary.failed_monitors,
        summary.happened | {kind: 0 for kind in EventKind if kind is not EventKind.BACK},
    )
