"""A pool of worker processes: extraction never runs on the event loop; a poisonous page dies alone.

Why not Pebble (5.2.3, measured): one kill of an idle worker breaks its pool for good, a busy worker
outlives a killed parent, memory has no limit, and a page costs up to 1.8 ms (here up to 0.7 ms).

A worker has the next page in its pipe while it works on one, and says when it starts a page. So it
is known which page a death is put down to. A page that only waited goes to another worker, and the
page itself to a fresh one that it has to itself: what ends that one, too, is the page's own doing.

A worker that ends before it is ready is a failed start. After one, workers are started one at a
time and with pauses, so that a machine that is short of memory can recover. After some in a row
the pool takes no more pages, unless a worker that it has goes on with them.

A page's time is that of the processor, so that a busy machine ends no page. A worker that is given
none (stopped, swapped out, or asleep) is ended after a multiple of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from crawler.extraction.pool.page_worker import (
    ExtractionKilledError,
    ExtractionRaisedError,
    Page,
    PageWorker,
)
from crawler.extraction.pool.worker import SECONDS, Kind, Orders, Raised
from crawler.extraction.pool.worker_process import WorkerProcess, pickled

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.extraction.pool.page_worker import Cause

__all__ = [
    "ExtractionKilledError",
    "ExtractionPool",
    "ExtractionPoolError",
    "ExtractionRaisedError",
    "default_workers",
]

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")

_START_SECONDS = 60.0
_STARTS_IN_A_ROW = 5
_RETRY_SECONDS = 0.2  # after the first failed start; twice as long after each further one
_LONGEST_RETRY_SECONDS = 5.0
_ERROR_LINES = 3
_LONGEST_ERROR = 500  # characters
_WALL_TIMES = 6  # the time limit, in seconds of the wall, for what the processor does not count
_READ_RAISED = msgspec.msgpack.Decoder(Raised).decode


class ExtractionPoolError(RuntimeError):
    """The pool takes no pages: its workers cannot start, or it is closed."""


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ExtractionPool(Generic[JobT, ResultT]):
    """Runs `work` on pages in worker processes; used from the thread of one running event loop."""

    def __init__(
        self,
        work: Callable[[JobT], ResultT],
        answer: type[ResultT],
        *,
        workers: int,
        page_seconds: float = 10.0,
        memory_bytes: int = 1 << 30,
        pages_per_worker: int = 2000,
        warm_up: Callable[[], object] | None = None,
    ) -> None:
        """Prepare the pool; the workers start with the first page or with `start`.

        Args:
            work: a top-level function of an importable module; jobs are pickled.
            answer: what it returns, of what `msgspec` knows (dataclasses and plain types): nothing
                else is taken from a worker.
            workers: how many processes.
            page_seconds: the processor's time that a page may take, and a sixth of the time that
                it may take at all.
            memory_bytes: what a page may use on top of what its worker has in use when it begins.
            pages_per_worker: after so many pages a fresh worker takes over, against slow leaks.
            warm_up: a top-level function that each worker calls before its first page.

        Raises:
            Exception: whatever pickling `work` or `warm_up` raises.
        """
        self._orders = pickled(Orders(work, warm_up, memory_bytes))
        self._read_answer = msgspec.msgpack.Decoder(answer).decode
        self._size = workers
        self._page_seconds = page_seconds
        self._pages_per_worker = pages_per_worker
        self._workers: list[PageWorker] = []
        self._queue: deque[Page] = deque()
        self._again: deque[Page] = deque()  # pages that wait for a fresh worker
        self._failed_starts = 0
        self._retry: asyncio.TimerHandle | None = None
        self._closed: str | None = None
        self._is_shut = False  # and has no workers; a closed pool has them until its pages are done

    async def extract(self, job: JobT) -> ResultT:
        """Return what `work` makes of `job`.

        Raises:
            ExtractionKilledError: the page took too long or too much memory, or crashed its worker.
            ExtractionPoolError: no worker can start, or the pool is closed.
            ExtractionRaisedError: `work` raised.
            Exception: whatever pickling the job raises.
        """
        page = Page(pickled(job), asyncio.get_running_loop().create_future())
        self.start()
        self._queue.append(page)
        self._hand_out()
        result: ResultT = await page.answer
        return result

    def start(self) -> None:
        """Start the workers that are missing, without waiting for them.

        Raises:
            ExtractionPoolError: as `extract`.
        """
        if self._closed is None:
            self._fill_up()
        if self._closed is not None:
            raise ExtractionPoolError(self._closed)

    async def close(self) -> None:
        """Take no more pages, wait until those taken are done, and end the workers."""
        self._closed = self._closed or "the extraction pool is closed"
        if pages := self._open_pages():
            await asyncio.wait([page.answer for page in pages])
        self.kill()

    def kill(self) -> None:
        """End all workers now; the pages that are not done raise `ExtractionPoolError`."""
        self._shut("the extraction pool was killed")

    def _shut(self, why: str) -> None:
        self._closed = self._closed or why
        self._is_shut = True
        pages = self._open_pages()
        if self._retry is not None:
            self._retry.cancel()
        for worker in self._workers:
            worker.timer.cancel()
            worker.process.end()
        self._workers.clear()
        self._queue.clear()
        self._again.clear()
        for page in pages:
            page.answer.set_exception(ExtractionPoolError(why))

    def _open_pages(self) -> list[Page]:
        waiting = (*self._queue, *self._again)
        pages = [*waiting, *(page for worker in self._workers for page in worker.given)]
        return [page for page in pages if not page.answer.done()]

    def _is_worn(self, worker: PageWorker) -> bool:
        return worker.worn or worker.pages_started >= self._pages_per_worker

    def _fill_up(self) -> None:
        if self._again and not any(not w.ready or w.is_fresh for w in self._workers):
            serving = [worker for worker in self._workers if not self._is_worn(worker)]
            if len(serving) >= self._size:  # one makes room for the fresh one
                max(serving, key=lambda worker: worker.pages_started).worn = True
        # A worn worker serves on until its successor is ready, but does not count any more.
        while self._may_start() and self._size > sum(not self._is_worn(w) for w in self._workers):
            self._start_worker()

    def _may_start(self) -> bool:
        if self._is_shut or self._retry is not None:
            return False
        return not self._failed_starts or all(worker.ready for worker in self._workers)

    def _start_worker(self) -> None:
        def on_frame(kind: Kind, payload: bytes) -> None:
            self._take_frame(worker, kind, payload)

        def on_death(status: int) -> None:
            self._take_death(worker, status)

        def on_late() -> None:
            self._end_start(worker)

        try:
            process = WorkerProcess(on_frame, on_death)
        except OSError as error:
            self._take_failed_start(str(error))
            return
        timer = asyncio.get_running_loop().call_later(_START_SECONDS, on_late)
        worker = PageWorker(process, timer)
        self._workers.append(worker)
        process.send(Kind.ORDERS, self._orders)

    def _end_start(self, worker: PageWorker) -> None:
        worker.is_late = True
        self._failed_starts = max(self._failed_starts, _STARTS_IN_A_ROW - 1)  # it took as long
        worker.process.kill()

    def _take_failed_start(self, why: str) -> None:
        at_same_time = self._retry is not None  # several of those are one failure
        self._failed_starts += not at_same_time
        if self._failed_starts >= _STARTS_IN_A_ROW and self._is_stuck():
            self._shut(f"no extraction worker can be started: {why}")
        elif not at_same_time:
            delay = min(_RETRY_SECONDS * 2 ** (self._failed_starts - 1), _LONGEST_RETRY_SECONDS)
            self._retry = asyncio.get_running_loop().call_later(delay, self._start_again)

    def _is_stuck(self) -> bool:
        """Whether no page can go on, unless a worker starts."""
        if any(worker.given or not worker.ready for worker in self._workers):
            return False
        return bool(self._again) or not self._workers

    def _start_again(self) -> None:
        self._retry = None
        self._fill_up()

    def _hand_out(self) -> None:
        while self._again and (fresh := [w for w in self._workers if w.is_fresh]):
            page = self._again.popleft()
            if not page.answer.done():
                fresh[0].give(page)
        while self._queue:
            free = [worker for worker in self._workers if worker.has_room(self._queue[0])]
            if not free:
                break
            # Rather not behind a page that has been running for long.
            worker = min(free, key=lambda worker: (len(worker.given), -worker.started_at))
            page = self._queue.popleft()
            if not page.answer.done():
                worker.give(page)

    def _take_frame(self, worker: PageWorker, kind: Kind, payload: bytes) -> None:
        match kind:
            case Kind.READY if not worker.ready:
                worker.timer.cancel()
                worker.ready = True
                worker.process.pass_errors_on()
                self._failed_starts = 0
                self._retire_a_worn_one()
                self._fill_up()
            case Kind.STARTED if worker.given and worker.running is None:
                self._take_start_of_page(worker, payload)
            case Kind.MEMORY if worker.given:  # the running page, or one too large to be taken in
                worker.condemn(worker.given[0], "memory")
            case Kind.RESULT | Kind.RAISED if worker.running is not None:
                self._take_answer(worker, kind, payload)
            case Kind.WORN if worker.ready:
                worker.worn = True
                self._fill_up()
            case _:  # not from our code
                worker.process.kill()
        self._hand_out()

    def _take_answer(self, worker: PageWorker, kind: Kind, payload: bytes) -> None:
        assert worker.running is not None
        answer: ResultT | ExtractionRaisedError
        try:
            if kind is Kind.RAISED:
                answer = ExtractionRaisedError(_READ_RAISED(payload))
            else:
                answer = self._read_answer(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError):  # not from our code
            worker.condemn(worker.running, "crash")
            return
        page = worker.done()
        if page.answer.done():
            pass
        elif isinstance(answer, ExtractionRaisedError):
            page.answer.set_exception(answer)
        else:
            page.answer.set_result(answer)
        self._let_go(worker)

    def _take_start_of_page(self, worker: PageWorker, payload: bytes) -> None:
        loop = asyncio.get_running_loop()
        page = worker.running = worker.given[0]
        worker.pages_started += 1
        worker.started_at = loop.time()
        worker.started_cpu = SECONDS.unpack(payload)[0] if len(payload) == SECONDS.size else 0.0
        worker.timer = loop.call_later(self._page_seconds, self._look_at_time, worker, page)
        self._fill_up()

    def _look_at_time(self, worker: PageWorker, page: Page) -> None:
        """End a page that has had its time, or look again when it may have had it."""
        loop = asyncio.get_running_loop()
        clock = worker.process.processor_seconds
        on_wall = loop.time() - worker.started_at
        taken = on_wall if clock is None else clock - worker.started_cpu
        left = min(self._page_seconds - taken, self._page_seconds * _WALL_TIMES - on_wall)
        if left > 0:
            delay = max(left, self._page_seconds / 20)
            worker.timer = loop.call_later(delay, self._look_at_time, worker, page)
        elif taken >= self._page_seconds:
            self._end_of_time(worker, page, "time")
        else:
            self._end_of_time(worker, page, "stall")

    def _end_of_time(
        self, worker: PageWorker, page: Page, cause: Cause, *, last: bool = False
    ) -> None:
        if worker.process.is_sending and not last:
            # The page was done in time; it is this loop that did not come to read all of it.
            again = partial(self._end_of_time, worker, page, cause, last=True)
            worker.timer = asyncio.get_running_loop().call_later(self._page_seconds, again)
        else:
            worker.condemn(page, cause)

    def _retire_a_worn_one(self) -> None:
        worn = next((w for w in self._workers if self._is_worn(w) and not w.retiring), None)
        if worn is not None:
            worn.retiring = True
            self._let_go(worn)

    def _let_go(self, worker: PageWorker) -> None:
        if worker.retiring and not worker.given:
            worker.process.kill()

    def _take_death(self, worker: PageWorker, status: int) -> None:
        self._workers.remove(worker)
        again, waited = worker.store_visit()
        self._queue.extendleft(reversed(waited))
        if again is not None:
            self._again.append(again)
        if worker.ready:
            self._fill_up()
        else:
            self._take_failed_start(_end_of_start(worker, status))
        self._hand_out()


def _end_of_start(worker: PageWorker, status: int) -> str:
    """Say in one line how a worker ended that was not ready, and what it wrote of it."""
    if worker.is_late:
        end = f"it was not ready within {_START_SECONDS:.0f} s"
    elif status < 0:
        end = f"it was ended by {_signal_name(-status)}"
    else:
        end = f"it ended with exit status {status}"
    lines = [" ".join(line.split()) for line in worker.process.last_errors.splitlines()]
    told = " / ".join([line for line in lines if line][-_ERROR_LINES:])
    return f"{end}: {told[-_LONGEST_ERROR:]}" if told else end


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"
