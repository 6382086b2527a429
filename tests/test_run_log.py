from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crawler.ledger.events import Event, EventKind
from crawler.ledger.records import Attempt, Visit
from crawler.options import CrawlOptions
from crawler.run_log import append_run, read_runs, run_record, versions
from crawler.states import State
from crawler.summary import RunSummary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def record(summary: RunSummary | None = None, code: int = 0, **options: Any) -> dict[str, Any]:
    chosen = CrawlOptions.parse(**{"items": "items", "output": "output", **options})
    return run_record(chosen, summary or RunSummary(), started=STARTED, exit_code=code)


def test_a_record_has_times_outcome_and_counts() -> None:
    summary = RunSummary(items=3, changed=2, invalid=1, due=2, held={State.OK: 1, None: 1})
    summary.seconds, summary.ended, summary.written = 61.25, "finished", 4
    summary.visited[State.GONE] += 1
    summary.add_problem("x.md:1: bad")
    assert record(summary, 3) == {
        "startedDateTime": "2026-03-01T12:00:00Z",
        "endedDateTime": "2026-03-01T12:01:01Z",
        "seconds": 61.25,
        "ended": "finished",
        "exitCode": 3,
        "options": {"paths": ["items"], "pathCount": 1},
        "items": {"selected": 3, "changed": 2, "invalid": 1},
        "sources": {"due": 2, "visited": {"gone": 1}, "held": {"ok": 1, "not-visited": 1}},
        "files": {"written": 4, "unchanged": 0, "failed": 0},
        "problemCount": 1,
        "problems": ["x.md:1: bad"],
        "failedMonitors": [],
        "outcomes": {"good": 0, "fallen": {}, "newlyLost": 0},
        "fields": {"articles": 0, "text": 0, "title": 0, "date": 0, "author": 0, "image": 0},
        "happened": {"lost": 0, "failing": 0, "back": 0, "changed": 0},
        "events": [],
        "hosts": [],
        "versions": versions(),
    }


def test_a_record_has_what_happened_and_no_more_than_the_first_of_each_kind() -> None:
    summary = RunSummary()
    at = "2026-03-01T12:00:00Z"
    events = [
        Event(f"n.example/{n}", at, EventKind.LOST, State.GONE, State.OK, at) for n in range(150)
    ]
    back = Event("n.example/a", at, EventKind.BACK, State.OK, State.GONE, at)
    gone = Visit(State.GONE, at, (Attempt("http://n.example/0", State.GONE, status=410),))
    for event in [*events, back]:
        summary.add_visit(gone, [event])
    told = record(summary)
    assert told["happened"] == {"lost": 150, "failing": 0, "back": 1, "changed": 0}
    assert len(told["events"]) == 101
    assert told["events"][0] == {
        "source": "n.example/0",
        "at": at,
        "event": "lost",
        "state": "gone",
        "before": "ok",
        "since": at,
    }


def test_a_record_names_the_versions_of_what_decides_how_a_run_goes() -> None:
    assert record()["versions"].keys() == {"crawler", "scrapy", "trafilatura", "python"}


def test_a_record_has_the_options_that_were_given() -> None:
    given = record(
        items=[f"i{number}" for number in range(99)],
        only=["a*", "b*"],
        files=["x.md"],
        limit=5,
        force=True,
        retry=["gone", "empty"],
        older_than=timedelta(days=1),
        in_place=True,
        wait=True,
    )["options"]
    assert given == {
        "paths": [f"i{number}" for number in range(10)],
        "pathCount": 99,
        "only": ["a*", "b*"],
        "fileCount": 1,
        "limit": 5,
        "force": True,
        "retry": ["empty", "gone"],
        "olderThanSeconds": 86400.0,
        "inPlace": True,
        "wait": True,
    }


def test_each_record_is_a_line_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    for number in range(3):
        append_run(path, {"number": number, "name": "a\nb\u2028\udcff"})
    assert [line["number"] for line in lines(path)] == [0, 1, 2]
    assert path.read_bytes().count(b"\n") == 3


def test_a_half_line_of_a_power_cut_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"number":1}\n{"num')
    append_run(path, {"number": 3})
    assert path.read_text() == '{"number":1}\n{"num\n{"number":3}\n'


def test_a_full_disk_takes_nothing_back_but_the_new_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.jsonl"
    append_run(path, {"number": 1})
    write, room = os.write, [4]

    def full(file: int, data: bytes) -> int:
        if not room:
            raise OSError(28, "No space left on device")
        return write(file, data[: room.pop()])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        append_run(path, {"number": 2})
    assert lines(path) == [{"number": 1}]


def test_the_log_of_many_runs_keeps_within_two_files_of_one_mebibyte(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    for number in range(90):
        append_run(path, {"number": number, "text": "x" * 50_000})
    earlier = path.with_name("runs.jsonl.1")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["runs.jsonl", "runs.jsonl.1"]
    assert 900_000 < earlier.stat().st_size <= 2**20 >= path.stat().st_size
    numbers = [line["number"] for line in (*lines(earlier), *lines(path))]
    assert numbers == list(range(numbers[0], 90))


BEGUN = '"startedDateTime": "2026-01-01T00:00:00Z"'


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        f'{{{BEGUN}, "seconds": "x", "sources": {{"visited": {{"ok": 1}}}}}}',
        f'{{{BEGUN}, "sources": null, "versions": 3, "happened": 7}}',
        f'{{{BEGUN}, "sources": {{"visited": {{"ok": []}}, "held": 1}}}}',
        f'{{{BEGUN}, "hosts": [1, {{"host": 2}}], "failedMonitors": [{{}}]}}',
    ],
)
def test_a_line_that_no_run_has_written_blinds_nobody(
    line: str,
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> None:
    items, output = tmp_path / "items", tmp_path / "out"
    (output / ".crawler").mkdir(parents=True)
    (output / ".crawler/runs.jsonl").write_text(line * 3 + "\n" + f"{line}\n" * 3)
    links = [f"http://site{number}.example/a" for number in range(4)]
    write_item(items, "a", original_url=links[0], related=links[1:])
    ran = run_crawler("run", items, "-o", output, "--json", web=web)
    assert ran.code == 1, ran.stderr
    assert [one["name"] for one in ran.json["failedMonitors"]] == ["nothing-ok"]
    assert lines_of_runs(output)[-1]["exitCode"] == 1
    for words in (("report", items, "--format", "json"), ("status", items)):
        told = run_crawler(*words, "-o", output, web=web)
        assert told.code == 0, told.stderr


def lines_of_runs(output: Path) -> list[Any]:
    return list(read_runs(output / ".crawler/runs.jsonl"))
