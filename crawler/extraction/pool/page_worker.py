"""A worker as the pool sees it: the pages it has been given, and which of them its death costs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from crawler.extraction.pool.worker import Kind

if TYPE_CHECKING:
    import asyncio

    from crawler.extraction.pool.worker import Raised
    from crawler.extraction.pool.worker_process import WorkerProcess

Reason = Literal["time", "memory", "crash"]
Cause = Literal["time", "memory", "crash", "stall"]  # a stalled worker was given no processor

_PAGES_AT_ONCE = 4  # the one it works on, and some more, so that it never waits for the event loop
_WAITING_BYTES = 4 << 20  # of those; they are in the worker's memory, as is the running page
_UNSTARTED_DEATHS = 3


class ExtractionKilledError(RuntimeError):
    """The worker was killed, or died, while it worked on the page.

    Attributes:
        reason: the page took too much "time" or "memory", or its worker died by itself ("crash").
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the extraction of the page was ended: {reason}")
        self.reason: Reason = reason


class ExtractionRaisedError(RuntimeError):
    """The work raised; the message is `Class: message`, and the worker's traceback is a note."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(f"{raised.kind}: {raised.message}")
        self.add_note(raised.trace)


@dataclass(eq=False, slots=True)
class Page:
    """A page on its way through the pool: the pickled job, and what its caller waits for.

    Attributes:
        is_again: whether it has cost a worker, and so has a fresh one to itself now.
    """

    message: list[bytes]
    answer: asyncio.Future[Any]
    unstarted_deaths: int = 0
    is_again: bool = False

    @property
    def size(self) -> int:
        """The bytes of its message."""
        return sum(map(len, self.message))

    def kill(self, reason: Reason) -> None:
        """Tell the caller, if there still is one, that the page was ended."""
        if not self.answer.done():
            self.answer.set_exception(ExtractionKilledError(reason))


@dataclass(eq=False, slots=True)
class PageWorker:
    """A worker process and its pages.

    Attributes:
        timer: ends the worker when it takes too long over its start or over the running page.
        retiring: it gets no more pages, and ends when it has done those it has.
        worn: whether a fresh worker is to follow.
        started_at: when it started the last page, in the loop's seconds.
        started_cpu: the processor's seconds that it had used by then.
        given: the pages it has not answered yet, the running one first.
        condemned: the page for which the worker is killed.
        is_late: whether it is killed because it took too long over its start.
    """

    process: WorkerProcess
    timer: asyncio.TimerHandle
    ready: bool = False
    retiring: bool = False
    worn: bool = False
    pages_started: int = 0
    started_at: float = 0.0
    started_cpu: float = 0.0
    given: deque[Page] = field(default_factory=deque)
    running: Page | None = None
    condemned: tuple[Page, Cause] | None = None
    is_late: bool = False

    @property
    def is_fresh(self) -> bool:
        """Whether no page has had it."""
        return self._can_serve and not self.given and not self.pages_started

    @property
    def _can_serve(self) -> bool:
        return self.ready and not self.retiring and not self.process.killed

    def has_room(self, page: Page) -> bool:
        """Whether it can be given a page."""
        if not self._can_serve or len(self.given) >= _PAGES_AT_ONCE:
            return False
        if any(one.is_again for one in self.given):
            return False
        waiting = [*self.given, page][1:]
        return sum(one.size for one in waiting) <= _WAITING_BYTES

    def give(self, page: Page) -> None:
        """Send it a page."""
        self.given.append(page)
        self.process.send(Kind.PAGE, page.message)

    def condemn(self, page: Page, reason: Cause) -> None:
        """Kill the worker because of `page`."""
        if self.condemned is None:
            self.condemned = (page, reason)
        self.process.kill()

    def done(self) -> Page:
        """Note that the running page is done, and return it."""
        self.timer.cancel()
        self.running = None
        return self.given.popleft()

    def store_visit(self) -> tuple[Page | None, list[Page]]:
        """Now that it is dead, return the page to try again, and those that only waited, in order.

        The page that caused it is ended, if it had a fresh worker to itself or took its time.
        """
        self.timer.cancel()
        guilty, reason = self.condemned or (self.running, "crash")
        if guilty is None and self.given:
            # Ended from outside between two pages. But a page whose mere receipt kills must end.
            self.given[0].unstarted_deaths += 1
            if self.given[0].unstarted_deaths >= _UNSTARTED_DEATHS:
                guilty = self.given[0]
                guilty.is_again = True
        if guilty is None or guilty not in self.given:  # its answer may have come before the kill
            return None, list(self.given)
        self.given.remove(guilty)
        if not guilty.is_again and reason != "time":
            guilty.is_again = True
            return guilty, list(self.given)
        guilty.kill("time" if reason == "stall" else reason)
        return None, list(self.given)
