"""Monitors: what is wrong with a whole run, where no single link tells it.

Each compares counts of a run with a limit, or with those of the runs before it. A link that failed
before says nothing new when it fails again, so that what is known does not fail a monitor twice.
The word is that of Spidermon.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final, Self

from crawler import config
from crawler.states import State
from crawler.summary import ARTICLES, WATCHED_FIELDS, ExitCode, FailedMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crawler.summary import RunSummary

_OF_EXTRACTION: Final = (State.EXTRACTION_TIMEOUT, State.EXTRACTION_ERROR)
RUNS_COMPARED: Final = 10
"""How many runs before it a run is compared with."""
_RUNS_TIMED: Final = 3  # fewer say nothing of how long a run takes
_SHORT: Final = 300.0  # seconds; a run that is shorter is never too long
_FEWEST: Final = 3  # visits that make a run of which nothing can be ok by more than chance
_ENOUGH: Final = 20  # things that make a share worth comparing
_NAMES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class MonitorLimits:
    """What the monitors allow; shares are from 0 to 1.

    Attributes:
        names: the monitors that count.
        least: so many cases, at least, make a site, a loss or a fault worth an alarm.
        ok_drop: how far the share of good visits may lie below that of the runs before.
        lost: so many links newly lost in one run are too many; 0: no number is.
        lost_share: likewise, of the visits that say anything new.
        field_drop: how far the share of articles that have a field may fall.
        extraction_share: which share of visits may fail by our own extraction.
        slower: how many times as long as the runs before a run may take, as a whole and a visit.
    """

    names: frozenset[str]
    least: int
    ok_drop: float
    lost: int
    lost_share: float
    field_drop: float
    extraction_share: float
    slower: float

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read the settings.

        Raises:
            OptionError: one makes no sense.
        """
        return cls(
            names=frozenset(config.MONITORS.of(settings)),
            least=config.MONITOR_LEAST.of(settings),
            ok_drop=config.MONITOR_OK_DROP.of(settings),
            lost=config.MONITOR_LOST.of(settings),
            lost_share=config.MONITOR_LOST_SHARE.of(settings),
            field_drop=config.MONITOR_FIELD_DROP.of(settings),
            extraction_share=config.MONITOR_EXTRACTION_SHARE.of(settings),
            slower=config.MONITOR_SLOWER.of(settings),
        )


def failed_monitors(
    summary: RunSummary, earlier: Sequence[Mapping[str, Any]], limits: MonitorLimits
) -> list[FailedMonitor]:
    """Return the monitors that a run fails.

    Args:
        summary: of a run that has ended, by itself or as its time was over.
        earlier: the records of the runs before it, the latest last, see `crawler.run_log`.
    """
    latest = [run for run in earlier if run.get("exitCode") != ExitCode.NOT_DONE][-RUNS_COMPARED:]
    run = _Run(summary, latest, limits)
    return [
        FailedMonitor(name, message)
        for name, monitor in _MONITORS.items()
        if name in limits.names
        for message in monitor(run)
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """What a monitor is given: the run, the records of some before it, and what is allowed."""

    summary: RunSummary
    earlier: list[Mapping[str, Any]]
    limits: MonitorLimits

    @property
    def telling(self) -> int:
        """How many visits say something new."""
        return self.summary.good + self.summary.fallen.total()

    def before(self, *path: str) -> int:
        """The sum of a count over the runs before."""
        return sum(_count(run, path) for run in self.earlier)


def _at(run: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What a record has there; None where it is of another form, as after a power cut."""
    value: Any = run
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _count(run: Mapping[str, Any], path: Sequence[str]) -> int:
    """The number that a record has there, or the sum of the numbers."""
    value = _at(run, path)
    if isinstance(value, dict):
        return sum(one for one in value.values() if isinstance(one, int))
    return value if isinstance(value, int) else 0


def _nothing_ok(run: _Run) -> Iterator[str]:
    fallen = run.summary.fallen
    if not run.summary.good and fallen.total() >= _FEWEST:
        yield f"none of {fallen.total()} visits gave what was asked: {_common(fallen)}"


def _ok_share(run: _Run) -> Iterator[str]:
    good = run.before("outcomes", "good")
    all_before = good + run.before("outcomes", "fallen")
    if run.telling < _ENOUGH or all_before < _ENOUGH:
        return
    share, before = run.summary.good / run.telling, good / all_before
    if before - share > run.limits.ok_drop:
        yield f"{share:.0%} of the visits were good, {before:.0%} in the runs before"


def _newly_lost(run: _Run) -> Iterator[str]:
    lost, limits = run.summary.newly_lost, run.limits
    too_many = limits.lost and lost >= limits.lost
    if too_many or (lost >= limits.least and lost > limits.lost_share * run.telling):
        yield f"{lost} links were lost, of {run.telling} visits that say anything new"


def _coverage(run: _Run) -> Iterator[str]:
    now, before = run.summary.articles[ARTICLES], run.before("fields", ARTICLES)
    if now < _ENOUGH or before < _ENOUGH:
        return
    for name in WATCHED_FIELDS:
        share, earlier = run.summary.articles[name] / now, run.before("fields", name) / before
        if earlier - share > run.limits.field_drop:
            yield f"{share:.0%} of the articles have the field {name}, {earlier:.0%} before"


def _host_failing(run: _Run) -> Iterator[str]:
    failing = sorted(
        ((tally.fallen, host) for host, tally in run.summary.hosts.items() if not tally.good),
        reverse=True,
    )
    told = [f"{host} ({fallen})" for fallen, host in failing if fallen >= run.limits.least]
    if told:
        more = f" and {len(told) - _NAMES_TOLD} more" if len(told) > _NAMES_TOLD else ""
        yield f"all visits failed on {', '.join(told[:_NAMES_TOLD])}{more}"


def _extraction(run: _Run) -> Iterator[str]:
    fallen = Counter({state: run.summary.fallen[state] for state in _OF_EXTRACTION})
    count, limits = fallen.total(), run.limits
    if count >= limits.least and count > limits.extraction_share * run.telling:
        yield f"{count} of {run.telling} pages could not be read: {_common(fallen)}"


def _internal_error(run: _Run) -> Iterator[str]:
    if count := run.summary.fallen[State.INTERNAL_ERROR]:
        yield f"{count} visits ended in an error of the crawler or of added code; see the log"


def _duration(run: _Run) -> Iterator[str]:
    timed = [(_seconds(one), _visits(one)) for one in run.earlier if _visits(one)]
    seconds, visits = run.summary.seconds, run.summary.done
    if seconds < _SHORT or not visits or len(timed) < _RUNS_TIMED:
        return
    usual = median(taken for taken, _ in timed)
    usual_each = median(taken / count for taken, count in timed)
    slower = run.limits.slower
    if seconds > slower * usual and seconds / visits > slower * usual_each:
        yield f"the run took {seconds:.0f} s, {seconds / usual:.1f} times what runs take"


def _seconds(run: Mapping[str, Any]) -> float:
    value = run.get("seconds")
    return float(value) if isinstance(value, int | float) else 0.0


def _visits(run: Mapping[str, Any]) -> int:
    return _count(run, ("sources", "visited"))


def _unfinished(run: _Run) -> Iterator[str]:
    left = run.summary.due - run.summary.done
    if left > 0:
        yield f"{left} of {run.summary.due} due sources are left to the next run"


def _discovery(run: _Run) -> Iterator[str]:
    found = run.summary.discovery
    if found is not None and found.failed:
        yield f"{found.failed} of {found.asked.total()} feeds, sitemaps or files gave nothing"


def _common(states: Counter[State]) -> str:
    return ", ".join(f"{state} {count}" for state, count in states.most_common(3) if count)


_MONITORS: Final[dict[str, Callable[[_Run], Iterator[str]]]] = {
    "nothing-ok": _nothing_ok,
    "ok-share": _ok_share,
    "newly-lost": _newly_lost,
    "coverage": _coverage,
    "host-failing": _host_failing,
    "extraction": _extraction,
    "internal-error": _internal_error,
    "duration": _duration,
    "unfinished": _unfinished,
    "discovery": _discovery,
}
