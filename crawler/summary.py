"""What a run did: while it goes on, when it is over, and as an exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from crawler.discovery.options import DiscoveryTally
from crawler.ledger.events import EventKind, is_failing
from crawler.states import State
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.extraction.article import Article
    from crawler.ledger.events import Event
    from crawler.ledger.records import Attempt, Visit


INTERRUPTED: Final = "interrupted"
OUT_OF_TIME: Final = "out of time"
"""How a run has ended that `CRAWLER_MAX_RUN_SECONDS` ended; what is left is due in the next one."""

_NOT_VISITED: Final = "not-visited"
_HOSTS_SHOWN: Final = 10
_HOSTS_LOGGED: Final = 50
_PROBLEMS_KEPT: Final = 200
_EVENTS_KEPT: Final = 100  # of each kind


ARTICLES: Final = "articles"
"""How `RunSummary.articles` calls the articles themselves."""
WATCHED_FIELDS: Final = ("text", "title", "date", "author", "image")
"""Fields whose coverage is watched."""


def fields_of(article: Article) -> Counter[str]:
    """Count an article that was read, and those of its fields whose coverage is watched."""
    has = (
        article.word_count,
        article.title,
        article.published,
        article.authors,
        article.images,
    )
    return Counter(
        [ARTICLES, *(name for name, value in zip(WATCHED_FIELDS, has, strict=True) if value)]
    )


@dataclass(frozen=True, slots=True)
class FailedMonitor:
    """A monitor that failed: its name, and what it saw, for people."""

    name: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Return it as a JSON object."""
        return asdict(self)


@dataclass(slots=True)
class HostTally:
    """The tries at one site: how many, how many failed, their times in seconds.

    `good` and `fallen` count visits that began there: those that gave what was asked, and those
    that did not, of a source that did before or was not visited yet.
    """

    tries: int = 0
    failures: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    good: int = 0
    fallen: int = 0

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
        happened: how many sources were lost, began to fail, came back or were changed.
        events: the first of each of these.
        good: visits that gave what was asked of them.
        fallen: those that did not, of sources that did before or were not visited yet, by state.
        newly_lost: how many of these had given it before, and are lost now.
        articles: how many articles were read, and how many of them have which field.
        failed_monitors: what the monitors say of the run, see `crawler.monitors`.
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
    happened: Counter[EventKind] = field(default_factory=Counter)
    events: list[Event] = field(default_factory=list)
    good: int = 0
    fallen: Counter[State] = field(default_factory=Counter)
    newly_lost: int = 0
    articles: Counter[str] = field(default_factory=Counter)
    failed_monitors: list[FailedMonitor] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many of the due sources have been visited."""
        return self.visited.total()

    @property
    def failed(self) -> int:
        """How many of this run's visits failed."""
        return sum(count for state, count in self.visited.items() if not state.is_good)

    def add_visit(self, visit: Visit, events: Iterable[Event] = ()) -> None:
        """Count a visit and what it has changed; of the changes, the first of each kind are kept.

        Args:
            visit: as it counts.
            events: those of its source, noticed by it.
        """
        self.visited[visit.state] += 1
        for attempt in visit.attempts:
            self._tally_of(attempt).add(attempt)
        has_fallen = False
        for event in events:
            self.happened[event.kind] += 1
            if self.happened[event.kind] <= _EVENTS_KEPT:
                self.events.append(event)
            if is_failing(event.state) and (event.before is None or not is_failing(event.before)):
                has_fallen = True
                self.newly_lost += event.kind is EventKind.LOST and event.before is not None
        is_good = not is_failing(visit.state)
        self.good += is_good
        self.fallen[visit.state] += has_fallen
        if visit.attempts:
            tally = self._tally_of(visit.attempts[0])
            tally.good += is_good
            tally.fallen += has_fallen
        if visit.state is State.OK and visit.article is not None:
            self.articles += fields_of(visit.article)

    def _tally_of(self, attempt: Attempt) -> HostTally:
        host = site_of((attempt.redirects or (attempt.url,))[-1])
        return self.hosts.setdefault(host, HostTally())

    def add_problem(self, problem: str) -> None:
        """Keep a defect to show at the end."""
        self.problem_count += 1
        if len(self.problems) < _PROBLEMS_KEPT:
            self.problems.append(problem)

    def slowest_hosts(self) -> list[tuple[str, HostTally]]:
        """Return the sites with the slowest single try first."""
        ranked = sorted(self.hosts.items(), key=lambda host: -host[1].slowest)
        return ranked[:_HOSTS_SHOWN]

    def busiest_hosts(self) -> list[tuple[str, HostTally]]:
        """Return the sites with the most failures first, then with the most tries."""
        ranked = sorted(self.hosts.items(), key=lambda host: (-host[1].failures, -host[1].tries))
        return ranked[:_HOSTS_LOGGED]

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
            "happened": {str(kind): self.happened[kind] for kind in EventKind},
            "slowestHosts": [host_json(*host) for host in self.slowest_hosts()],
            "failingHosts": [host_json(*host) for host in self.failing_hosts()],
            "outcomes": {
                "good": self.good,
                "fallen": {str(state): count for state, count in (+self.fallen).items()},
                "newlyLost": self.newly_lost,
            },
            "fields": {name: self.articles[name] for name in (ARTICLES, *WATCHED_FIELDS)},
            "failedMonitors": [failed.as_json() for failed in self.failed_monitors],
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
        outcomes = document["outcomes"]
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
            good=outcomes["good"],
            fallen=Counter({State(state): n for state, n in outcomes["fallen"].items()}),
            newly_lost=outcomes["newlyLost"],
            articles=Counter(document["fields"]),
            happened=Counter({EventKind(kind): n for kind, n in document["happened"].items()}),
            failed_monitors=[FailedMonitor(**failed) for failed in document["failedMonitors"]],
            problems=list(document["problems"]),
            problem_count=document["problemCount"],
            seconds=document["seconds"],
            ended=document["ended"],
        )
        if "discovery" in document:
            summary.discovery = DiscoveryTally.from_json(document["discovery"])
        for host in [*document["slowestHosts"], *document["failingHosts"]]:
            summary.hosts[host["host"]] = HostTally(
                tries=host["tries"],
                failures=host["failures"],
                seconds=host["seconds"],
                slowest=host["slowestSeconds"],
                good=host["good"],
                fallen=host["fallen"],
            )
        return summary


def _held_state(name: str) -> State | None:
    return None if name == _NOT_VISITED else State(name)


def host_json(name: str, tally: HostTally) -> dict[str, Any]:
    """Return the tries at a site as a JSON object."""
    return {
        "host": name,
        "tries": tally.tries,
        "failures": tally.failures,
        "seconds": round(tally.seconds, 3),
        "slowestSeconds": round(tally.slowest, 3),
        "good": tally.good,
        "fallen": tally.fallen,
    }


class ExitCode(IntEnum):
    """Exit codes, the most telling one first where several apply: 130, 2, 3, 1, 0.

    How single links did is no matter of the exit code: each is in a state, and `crawler report`
    tells of it.
    """

    DONE = 0
    NEEDS_A_LOOK = 1
    NOT_DONE = 2
    ITEMS_INVALID = 3
    INTERRUPTED = 130


def exit_code_of(summary: RunSummary) -> ExitCode:
    """Return the exit code for a run that could be done."""
    if summary.ended == INTERRUPTED:
        return ExitCode.INTERRUPTED
    if summary.invalid:
        return ExitCode.ITEMS_INVALID
    are_written = not summary.unwritten and not summary.outdated and not summary.faults
    if summary.failed_monitors or not are_written:
        return ExitCode.NEEDS_A_LOOK
    return ExitCode.DONE
