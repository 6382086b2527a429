"""What a watch tells about itself: health for a supervisor, metrics for Prometheus."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from crawler.timestamps import now_text, utc_text

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.summary import RunSummary
    from crawler.watch.queue import Job, Trigger
    from crawler.watch.runs import RunOutcome

_BUCKETS: Final = (1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0)  # seconds


@dataclass(slots=True)
class Health:
    """How the watch is, as `/healthz` says it."""

    running: Trigger | None = None
    pending: int = 0
    next_at: datetime | None = None
    last_trigger: Trigger | None = None
    last_ended: str | None = None
    last_code: int | None = None
    is_good: bool = True  # whether the last run could be done

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        last = {
            "trigger": self.last_trigger,
            "endedDateTime": self.last_ended,
            "exitCode": self.last_code,
        }
        return {
            "status": "ok" if self.is_good else "the last run could not be done; see the log",
            "running": self.running,
            "pendingFiles": self.pending,
            "nextRunDateTime": None if self.next_at is None else utc_text(self.next_at),
            "lastRun": None if self.last_trigger is None else last,
        }


class Metrics:
    """The metrics of one watch; counters count from its start."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.runs = self._counter("runs", "Runs that ended.", ["trigger", "exit_code"])
        self.visits = self._counter("visits", "Visits to sources.", ["state"])
        self.written = self._counter("files_written", "Output files written.")
        self.changes = self._counter("changes", "File changes told by the system.")
        self.posts = self._counter("posts", "Answers to POST /items.", ["status"])
        self.seconds = Histogram(
            "crawler_run_seconds",
            "Wall-clock time of runs.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.running = self._gauge("running", "Whether a run goes on.")
        self.pending = self._gauge("pending_files", "Changed files that wait for a run.")
        self.ended = self._gauge("last_run_end_seconds", "When the last run ended, Unix time.")
        self.code = self._gauge("last_run_exit_code", "Exit code of the last run.")
        self.failed_monitors = self._gauge(
            "failed_monitors", "Whether the last run failed a monitor.", ["monitor"]
        )
        self.events = self._counter("events", "What became of sources.", ["event"])
        self.next_run = self._gauge("next_run_seconds", "When a run is due, Unix time; 0: never.")
        self.items = self._gauge("items", "Items, by the last run of all.")
        self.invalid = self._gauge("items_invalid", "Items refused, by the last run of all.")
        self.sources = self._gauge("sources", "Sources, by the last run of all.", ["state"])

        # Of few sites, the slowest and those that fail most: a label for each would have no bound.
        self.host_tries = self._gauge("host_tries", "Tries in the last run.", ["host"])
        self.host_failures = self._gauge("host_failures", "Failed tries in the last run.", ["host"])
        self.host_seconds = self._gauge(
            "host_mean_seconds", "Mean time of a try in the last run.", ["host"]
        )

    def text(self) -> bytes:
        """Return all in Prometheus' text format."""
        return generate_latest(self.registry)

    def count_run(self, trigger: Trigger, code: int, summary: RunSummary | None) -> None:
        """Count a run that has ended."""
        self.runs.labels(trigger, code).inc()
        self.ended.set(time.time())
        self.code.set(code)
        if summary is not None:
            self._count_outcome(summary)
            self.seconds.observe(summary.seconds)
            self.written.inc(summary.written)
            for state, count in summary.visited.items():
                self.visits.labels(state).inc(count)

    def _count_outcome(self, summary: RunSummary) -> None:
        self.failed_monitors.clear()
        for failed in summary.failed_monitors:
            self.failed_monitors.labels(failed.name).set(1)
        for kind, count in summary.happened.items():
            self.events.labels(kind).inc(count)
        for gauge in (self.host_tries, self.host_failures, self.host_seconds):
            gauge.clear()
        for host, tally in summary.hosts.items():
            self.host_tries.labels(host).set(tally.tries)
            self.host_failures.labels(host).set(tally.failures)
            self.host_seconds.labels(host).set(tally.seconds / max(tally.tries, 1))

    def count_all(self, summary: RunSummary) -> None:
        """Take the state of things from a run of all items."""
        self.items.set(summary.items)
        self.invalid.set(summary.invalid)
        self.sources.clear()
        for state, count in summary.held.items():
            self.sources.labels(state or "not-visited").set(count)

    def _counter(self, name: str, text: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"crawler_{name}", text, labels or [], registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(f"crawler_{name}", text, labels or [], registry=self.registry)


@dataclass(slots=True)
class Report:
    """Both, kept up by the loop."""

    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)

    def begun(self, job: Job) -> None:
        """Note that a run begins."""
        self.health.running = job.trigger
        self.metrics.running.set(1)

    def not_begun(self) -> None:
        """Note that a run could not even begin."""
        self.health.running = None
        self.health.is_good = False
        self.metrics.running.set(0)

    def ended(self, job: Job, outcome: RunOutcome) -> None:
        """Note how it ended."""
        self.health.running = None
        self.health.last_trigger = job.trigger
        self.health.last_ended = now_text()
        self.health.last_code = outcome.code
        self.health.is_good = outcome.could_be_done
        self.metrics.running.set(0)
        self.metrics.count_run(job.trigger, outcome.code, outcome.summary)
        if job.files is None and outcome.summary is not None:
            self.metrics.count_all(outcome.summary)

    def awaits(self, pending: int, next_at: datetime | None) -> None:
        """Note what is to come."""
        self.health.pending, self.health.next_at = pending, next_at
        self.metrics.pending.set(pending)
        self.metrics.next_run.set(0 if next_at is None else next_at.timestamp())
