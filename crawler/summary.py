"""What a run did: while it goes on, when it is over, as an exit code and in runs.jsonl."""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from crawler.discovery.options import DiscoveryTally
from crawler.states import State
from crawler.timestamps import utc_text
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from crawler.ledger.records import Attempt, Visit
    from crawler.options import CrawlOptions


INTERRUPTED: Final = "interrupted"
OUT_OF_TIME: Final = "out of time"
"""How a run has ended that `CRAWLER_MAX_RUN_SECONDS` ended; what is left is due in the next one."""

_NOT_VISITED: Final = "not-visited"
_HOSTS_SHOWN: Final = 10
_PROBLEMS_KEPT: Final = 200


@dataclass(slots=True)
class HostTally:
    """The tries at one site: how many, how many failed, their times in seconds."""

    tries: int = 0
    failures: int = 0
    seconds: float = 0.0
    slowest: float = 0.0

    def add(self, attempt: Attempt) -> None:
        """Count one try."""
        self.tries += 1
        self.failures += not attempt.state.is_good
        self.seconds += attempt.seconds or 0.0
        self.slowest = max(self.slowest, attempt.seconds or 0.0)


@dataclass(slots=True)
class RunSummary:
    """The outcome of a run.

    Attributes:
        items, changed, invalid: item files taken, those new or changed, those refused.
        due: sources that the plan had at its start.
        visited: this run's visits by state.
        held: all sources of the selected items by the state that is held now.
        written, unchanged, unwritten: output files.
        faults: errors of our own that no source's state tells.
        edited, outdated: those that are left since somebody edited them, and those of them to
            which there was news to write.
        problems: the first defects of inputs and files, as text.
        hosts: tries by site.
        seconds: wall-clock time of the run.
        ended: "finished", "interrupted", "out of time", or why it could not go on.
        discovery: what a search for new items has found; None where there was none.
    """

    items: int = 0
    changed: int = 0
    invalid: int = 0
    due: int = 0
    visited: Counter[State] = field(default_factory=Counter)
    held: dict[State | None, int] = field(default_factory=dict)
    written: int = 0
    unchanged: int = 0
    unwritten: int = 0
    faults: int = 0
    edited: int = 0
    outdated: int = 0
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    hosts: dict[str, HostTally] = field(default_factory=dict)
    seconds: float = 0.0
    ended: str = "running"
    discovery: DiscoveryTally | None = None

    @property
    def done(self) -> int:
        """How many of the due sources have been visited."""
        return self.visited.total()

    @property
    def failed(self) -> int:
        """How many of this run's visits failed."""
        return sum(count for state, count in self.visited.items() if not state.is_good)

    def add_visit(self, visit: Visit) -> None:
        """Count a visit."""
        self.visited[visit.state] += 1
        for attempt in visit.attempts:
            host = site_of((attempt.redirects or (attempt.url,))[-1])
            self.hosts.setdefault(host, HostTally()).add(attempt)

    def add_problem(self, problem: str) -> None:
        """Keep a defect to show at the end."""
        self.problem_count += 1
        if len(self.problems) < _PROBLEMS_KEPT:
            self.problems.append(problem)

    def slowest_hosts(self) -> list[tuple[str, HostTally]]:
        """Return the sites with the slowest single try first."""
        ranked = sorted(self.hosts.items(), key=lambda host: -host[1].slowest)
        return ranked[:_HOSTS_SHOWN]

    def failing_hosts(self) -> list[tuple[str, HostTally]]:
        """Return the sites with failed tries, most failures first."""
        failing = [host for host in self.hosts.items() if host[1].failures]
        return sorted(failing, key=lambda host: -host[1].failures)[:_HOSTS_SHOWN]

    def as_json(self) -> dict[str, Any]:
        """Return the summary as one JSON object; keys are camelCase."""
        return {
            "ended": self.ended,
            "seconds": round(self.seconds, 3),
            "items": {"selected": self.items, "changed": self.changed, "invalid": self.invalid},
            "sources": {
                "due": self.due,
                "visited": {str(state): count for state, count in self.visited.items()},
                "held": {str(state or _NOT_VISITED): n for state, n in self.held.items()},
            },
            "files": {
                "written": self.written,
                "unchanged": self.unchanged,
                "failed": self.unwritten,
                **self._left(),
            },
            "slowestHosts": [_host_json(*host) for host in self.slowest_hosts()],
            "failingHosts": [_host_json(*host) for host in self.failing_hosts()],
            "problems": self.problems,
            "problemCount": self.problem_count,
            **({} if self.discovery is None else {"discovery": self.discovery.as_json()}),
        }

    def _left(self) -> dict[str, int]:
        return {"edited": self.edited, "outdated": self.outdated} if self.edited else {}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> RunSummary:
        """Return the summary that `as_json` made this object of, with the hosts it names."""
        items, sources, files = document["items"], document["sources"], document["files"]
        summary = cls(
            items=items["selected"],
            changed=items["changed"],
            invalid=items["invalid"],
            due=sources["due"],
            visited=Counter({State(state): n for state, n in sources["visited"].items()}),
            held={_held_state(state): n for state, n in sources["held"].items()},
            written=files["written"],
            unchanged=files["unchanged"],
            unwritten=files["failed"],
            edited=files.get("edited", 0),
            outdated=files.get("outdated", 0),
            problems=list(document["problems"]),
            problem_count=document["problemCount"],
            seconds=document["seconds"],
            ended=document["ended"],
        )
        if "discovery" in document:
            summary.discovery = DiscoveryTally.from_json(document["discovery"])
        for host in [*document["slowestHosts"], *document["failingHosts"]]:
            slowest = host["slowestSeconds"]
            tally = HostTally(host["tries"], host["failures"], host["seconds"], slowest)
            summary.hosts[host["host"]] = tally
        return summary


def _held_state(name: str) -> State | None:
    return None if name == _NOT_VISITED else State(name)


def _host_json(name: str, tally: HostTally) -> dict[str, Any]:
    return {
        "host": name,
        "tries": tally.tries,
        "failures": tally.failures,
        "seconds": round(tally.seconds, 3),
        "slowestSeconds": round(tally.slowest, 3),
    }


class ExitCode(IntEnum):
    """Exit codes, the most telling one first where several apply: 130, 2, 3, 1, 0."""

    ALL_GOOD = 0
    SOURCES_FAILED = 1
    USAGE_ERROR = 2
    ITEMS_INVALID = 3
    INTERRUPTED = 130


def exit_code_of(summary: RunSummary) -> ExitCode:
    """Return the exit code for a run that could be done."""
    if summary.ended == INTERRUPTED:
        return ExitCode.INTERRUPTED
    if summary.invalid:
        return ExitCode.ITEMS_INVALID
    is_whole = summary.ended == "finished" and summary.done == summary.due
    searched = summary.discovery is None or not summary.discovery.failed
    are_written = not summary.unwritten and not summary.outdated and not summary.faults
    if summary.failed or not are_written or not is_whole or not searched:
        return ExitCode.SOURCES_FAILED
    return ExitCode.ALL_GOOD


_MOST_BYTES: Final = 1024 * 1024  # of one file; there are two, the current one and the one before


def run_record(
    options: CrawlOptions, summary: RunSummary, *, started: datetime, exit_code: int
) -> dict[str, Any]:
    """Return what is remembered of a run that has ended; keys are those of the `--json` summary."""
    document = summary.as_json()
    counts = {name: document[name] for name in ("items", "sources", "files", "problemCount")}
    return {
        "startedDateTime": utc_text(started),
        "endedDateTime": utc_text(started + timedelta(seconds=summary.seconds)),
        "seconds": document["seconds"],
        "ended": document["ended"],
        "exitCode": exit_code,
        "options": options.logged(),
        **counts,
    }


def append_run(path: Path, record: dict[str, Any]) -> None:
    """Append a record as one line, whole or not at all; only the holder of the lock may.

    A file that would grow above 1 MiB becomes `runs.jsonl.1` first, in place of an earlier one.

    Raises:
        OSError: it cannot be written; the lines before it are as they were.
    """
    line = json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"
    with suppress(FileNotFoundError):
        if path.lstat().st_size + len(line) > _MOST_BYTES:
            path.replace(earlier_log(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(path, flags, 0o666)
    try:
        _append(file, line)
    finally:
        os.close(file)


def earlier_log(path: Path) -> Path:
    """Return where the lines before those of this file are."""
    return path.with_name(f"{path.name}.1")


def _append(file: int, line: bytes) -> None:
    """Write by one call, which a kill comes before or after; a full disk's part is taken back."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":  # a power cut's half line
        line = b"\n" + line
    try:
        written = os.write(file, line)
        if written < len(line):
            written += os.write(file, line[written:])  # says why it does not fit
    except OSError:
        os.ftruncate(file, size)
        raise
