"""The loop: what has happened becomes a job, a job becomes a run, one at a time."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crawler.exceptions import reason_of
from crawler.summary import INTERRUPTED, OUT_OF_TIME, ExitCode
from crawler.watch.file_events import tell_changes, watched_folders
from crawler.watch.metrics import Report
from crawler.watch.queue import Agenda, Job
from crawler.watch.runs import ChildRun, OutputFolder, RunOutcome, log_begin, log_end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from crawler.watch.options import WatchOptions

logger = logging.getLogger("crawler.watch")

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MAY_PASS: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EINTR}
)
_TICK: Final = 1.0  # seconds between two looks at what goes on
_BUSY_SECONDS: Final = 2.0  # between two looks at a folder that another run holds


class DeafError(RuntimeError):
    """Changes of files are told no more, though they were; a fresh watch may hear them again."""


class FirstRunError(RuntimeError):
    """The first run could not be done: what it was told makes no sense, and never will."""


class Watch:
    """Crawls by itself until it is told to stop.

    Attributes:
        options: what it was told.
        report: how it is.
    """

    def __init__(self, options: WatchOptions) -> None:
        self.options = options
        self._folder = OutputFolder(options.crawl, options.revisit)
        self._agenda = Agenda(options.pace, options.schedule)
        self._tellers: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._has_run = False
        self.report = Report()

    def stop(self) -> None:
        """Finish what is in flight, and end."""
        self._stopping = True
        self._wake.set()

    def tell(self, files: Iterable[Path] | None) -> None:
        """Note that these items have changed, or that any may have (None)."""
        files = None if files is None else set(files)
        self.report.metrics.changes.inc(1 if files is None else len(files))
        self._agenda.changed(files, time.monotonic())
        self._wake.set()

    async def run(self) -> None:
        """Watch until a signal or `stop`; then end the run that goes on, in bounded time.

        Raises:
            ItemsNotFoundError: a path among the items is missing.
            OutputBusyError: another watch is on this output folder.
            FirstRunError: the first run could not be done.
            DeafError: files could be watched, and cannot any more.
            OSError: files cannot be watched.
        """
        lock = self._folder.take()
        loop = asyncio.get_running_loop()
        # What is ignored, as SIGHUP is under nohup, stays so.
        signals = [n for n in _SIGNALS if signal.getsignal(n) is not signal.SIG_IGN]
        for signum in signals:
            loop.add_signal_handler(signum, self.stop)
        try:
            async with self._file_changes():
                logger.info("watching", extra={"event": "watching"})
                await self._loop()
        finally:
            for signum in signals:
                loop.remove_signal_handler(signum)
            lock.release()
        logger.info("stopped", extra={"event": "stopped"})

    @asynccontextmanager
    async def _file_changes(self) -> AsyncIterator[None]:
        """Have file changes told; all folders are watched before the first run looks at them."""
        options = self.options.crawl
        on: list[asyncio.Event] = []
        for folder in watched_folders(options.items, exclude=options.output):
            on.append(asyncio.Event())
            telling = tell_changes(folder, self.tell, is_on=on[-1].set)
            self._tellers.append(asyncio.create_task(telling))
        try:
            while not self._stopping and not all(event.is_set() for event in on):
                self._end_if_deaf()
                await asyncio.sleep(_TICK / 20)
            yield
        finally:
            for teller in self._tellers:
                teller.cancel()
            await asyncio.gather(*self._tellers, return_exceptions=True)

    def _end_if_deaf(self) -> None:
        for teller in self._tellers:
            if not teller.done():
                continue
            try:
                teller.result()  # it only ends by an error
            except OSError as error:
                if not self._has_run:
                    raise
                raise DeafError(f"changes of files are told no more: {error}") from error

    async def _loop(self) -> None:
        while not self._stopping:
            self._end_if_deaf()
            job = self._agenda.take(time.monotonic(), datetime.now(UTC))
            self._look_ahead()
            if job is not None:
                await self._try(job)
                continue
            wait = self._agenda.wait(time.monotonic(), datetime.now(UTC))
            await self._woken(wait)

    async def _try(self, job: Job) -> None:
        """Do a job; what the system does not give now (files, memory, disk) it may give later."""
        try:
            await self._do(job)
        except OSError as error:
            if not self._has_run and error.errno not in _MAY_PASS:
                raise
            reason = reason_of(error)
            logger.warning("the run could not be begun: %s", reason, extra={"event": "failed"})
            self.report.not_begun()
            self._agenda.failed(job, time.monotonic())

    async def _do(self, job: Job) -> None:
        if self._folder.is_busy():
            self._agenda.put_back(job, time.monotonic(), delay=_BUSY_SECONDS)
            return
        if job.files is not None:
            files = await asyncio.to_thread(self._folder.that_matter, job.files)
            if not files:
                return
            job = replace(job, files=files)
        log_begin(job)
        self.report.begun(job)
        outcome, was_stopped = await self._crawl(job)
        self.report.ended(job, outcome)
        log_end(job, outcome)
        self._conclude(job, outcome, was_stopped=was_stopped)
        if not self._stopping:
            self._agenda.revisit(await asyncio.to_thread(self._folder.next_due))

    async def _crawl(self, job: Job) -> tuple[RunOutcome, bool]:
        """Run a job; also say whether it was stopped by us."""
        options = replace(self.options.crawl, files=job.files)
        begun = time.monotonic()
        try:
            run = await ChildRun.start(options, self.options.settings, *self.options.words)
        except OSError as error:
            logger.warning("no process can be started: %s", error, extra={"event": "failed"})
            return RunOutcome(ExitCode.NEEDS_A_LOOK, None), False
        ended = asyncio.create_task(run.outcome())
        ended.add_done_callback(lambda _: self._wake.set())
        stopped_at: float | None = None
        while not ended.done():
            await self._woken(_TICK)
            self._look_ahead()
            clock = time.monotonic()
            if stopped_at is not None:
                if clock - stopped_at > self.options.pace.grace:
                    run.kill()
            elif self._stopping or self._agenda.is_to_interrupt(job, begun, clock):
                run.stop()
                stopped_at = clock
        return await ended, stopped_at is not None

    def _conclude(self, job: Job, outcome: RunOutcome, *, was_stopped: bool) -> None:
        ended = None if outcome.summary is None else outcome.summary.ended
        is_whole = ended not in {None, INTERRUPTED, OUT_OF_TIME}
        if is_whole:
            assert outcome.summary is not None
            self._agenda.done(job, datetime.now(UTC), visited=outcome.summary.done)
        elif was_stopped:
            self._agenda.put_back(job, time.monotonic())
        elif ended == OUT_OF_TIME:
            self._agenda.put_back(job, time.monotonic(), delay=self.options.pace.gap)
        elif outcome.code == ExitCode.NOT_DONE and not self._has_run:
            if not self._folder.is_busy():
                raise FirstRunError("the first run could not be done; the log says why")
            self._agenda.put_back(job, time.monotonic(), delay=_BUSY_SECONDS)
        else:
            self._agenda.failed(job, time.monotonic())
        self._has_run |= outcome.could_be_done

    def _look_ahead(self) -> None:
        self.report.awaits(self._agenda.pending, self._agenda.at)

    async def _woken(self, seconds: float) -> None:
        """Wait until something happens, but no longer than this."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        self._wake.clear()
