"""One `crawler run` in a process of its own, and the output folder that it writes to."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from crawler.api import run_command, run_input
from crawler.config import TOKEN_VARIABLE
from crawler.items.intake import absolute
from crawler.ledger.ledger import LedgerError
from crawler.ledger.sqlite import SqliteLedger
from crawler.output.layout import Layout, OutputBusyError
from crawler.summary import ExitCode, RunSummary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.ledger.revisit import RevisitPolicy
    from crawler.options import CrawlOptions
    from crawler.watch.queue import Job


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        code: its exit code; negative: the signal that killed it.
        summary: what it did; None: it could not be done, or was killed.
    """

    code: int
    summary: RunSummary | None

    @property
    def could_be_done(self) -> bool:
        """Whether the run was one, if perhaps not to its end."""
        return self.summary is not None or self.code == ExitCode.INTERRUPTED


class ChildRun:
    """A run that goes on; its log lines go to our standard error."""

    def __init__(self, process: asyncio.subprocess.Process, given: bytes) -> None:
        self._process = process
        self._given = given

    @classmethod
    async def start(cls, options: CrawlOptions, settings: Mapping[str, object], *more: str) -> Self:
        """Start a run of these options.

        Args:
            settings: Scrapy settings by name.
            more: further words of the command line.

        Raises:
            OSError: no process can be started.
        """
        process = await asyncio.create_subprocess_exec(
            *run_command(options, settings, *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C in a terminal is for us, and we pass it on
            # Whoever may post items is no business of the crawl.
            env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE},
        )
        return cls(process, run_input(options))

    async def outcome(self) -> RunOutcome:
        """Wait until it has ended."""
        printed, _ = await self._process.communicate(self._given)
        code = await self._process.wait()
        summary = None
        if code != ExitCode.NOT_DONE:
            with suppress(ValueError, KeyError, TypeError):  # killed in the middle of a word
                summary = RunSummary.from_json(json.loads(printed))
        return RunOutcome(code, summary)

    def stop(self) -> None:
        """Ask it to finish what is in flight and to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; nothing that was settled is lost."""
        self._send(signal.SIGKILL)

    def _send(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signum)


logger = logging.getLogger("crawler.watch")


def log_begin(job: Job) -> None:
    """Tell that a run begins."""
    facts = {"event": "run-begun", "trigger": str(job.trigger)}
    if job.files is None:
        logger.info("a run of all items begins (%s)", job.trigger, extra=facts)
    else:
        count = len(job.files)
        text = "a run of %d files begins (%s)"
        logger.info(text, count, job.trigger, extra=facts | {"files": count})


def log_end(job: Job, outcome: RunOutcome) -> None:
    """Tell how it ended."""
    facts = {"event": "run-ended", "trigger": str(job.trigger), "exitCode": int(outcome.code)}
    if outcome.summary is None and outcome.code == -signal.SIGTERM:
        logger.info("the run was stopped before it had begun", extra=facts)
        return
    if outcome.summary is None:
        logger.error("the run could not be done: exit code %d", outcome.code, extra=facts)
        return
    summary = outcome.summary
    more = {"visited": summary.done, "written": summary.written, "seconds": summary.seconds}
    text = "the run ended: %d items, %d sources visited, %d files written, exit code %d"
    counts = (summary.items, summary.done, summary.written, outcome.code)
    logger.info(text, *counts, extra=facts | more)


class OutputFolder:
    """The output folder of these options, whose sources are due again by this policy."""

    def __init__(self, options: CrawlOptions, revisit: RevisitPolicy) -> None:
        self._options = options
        self._layout = Layout(options.output)
        self._revisit = revisit
        self._was_busy = False

    def take(self) -> FileLock:
        """Keep other watches away until the lock is released.

        Raises:
            OutputBusyError: another watch is there already.
            OSError: the folder cannot be made.
        """
        self._layout.refuse_links()
        path = self._layout.watch_lock
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise OutputBusyError(f"another watch is on {self._layout.output}") from None
        return lock

    def is_busy(self) -> bool:
        """Whether a run that is none of the watch's own goes on; the log is told once."""
        lock = FileLock(self._layout.lock, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            if not self._was_busy:
                text, facts = "another run is writing to %s; waiting for it", {"event": "waiting"}
                logger.info(text, self._layout.output, extra=facts)
            self._was_busy = True
            return True
        lock.release()
        self._was_busy = False
        return False

    def that_matter(self, files: Sequence[Path]) -> tuple[Path, ...]:
        """Return those of some changed files that are there, or that were items before they went.

        What is left are names that something had for a moment, as when an editor saves a file.
        """
        gone = [file for file in files if not os.path.lexists(file)]
        if not gone:
            return tuple(files)
        try:
            with closing(SqliteLedger(self._layout.ledger)) as ledger:
                known = ledger.items_from([absolute(file) for file in gone])
        except (LedgerError, OSError, sqlite3.Error) as error:
            logger.warning("%s", error, extra={"event": "ledger-lost"})
            return tuple(files)
        passed = {file for file in gone if absolute(file) not in known}
        return tuple(file for file in files if file not in passed)

    def next_due(self) -> datetime | None:
        """When the first source of the items is due by itself again; None: never, or unknown."""
        paths = self._options.items
        roots = [absolute(path if path.is_dir() else path.parent) for path in paths]
        try:
            with closing(SqliteLedger(self._layout.ledger)) as ledger:
                return ledger.next_due(roots, self._revisit)
        except (LedgerError, OSError, sqlite3.Error) as error:
            logger.warning("%s", error, extra={"event": "ledger-lost"})
            return None
