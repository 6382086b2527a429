"""A worker as the pool sees it: the pages it has been given, and which of them its death costs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from crawler.extraction.pool.worker import Kind

if TYPE_CHECKING:
    import asyncio

    from crawler.extraction.pool.worker_process import WorkerProcess

Reason = Literal["time", "memory", "crash"]

_PAGES_AT_ONCE = 4  # the one it works on, and some more, so that it never waits for the event loop
_UNSTARTED_DEATHS = 3


class ExtractionKilledError(RuntimeError):
    """The worker was killed, or died, while it worked on the page.

    Attributes:
        reason: the page took too much "time" or "memory", or its worker died by itself ("crash").
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the extraction of the page was ended: {reason}")
        self.reason: Reason = reason


@dataclass(eq=False, slots=True)
class Page:
    """A page on its way through the pool: the pickled job, and what its caller waits for."""

    message: list[bytes]
    answer: asyncio.Future[tuple[Kind, bytes]]
    unstarted_deaths: int = 0

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
        started_at: when it started the last page, in the loop's seconds.
        given: the pages it has not answered yet, the running one first.
        condemned: the page for which the worker is killed.
    """

    process: WorkerProcess
    timer: asyncio.TimerHandle
    ready: bool = False
    retiring: bool = False
    pages_started: int = 0
    started_at: float = 0.0
    given: deque[Page] = field(default_factory=deque)
    running: Page | None = None
    condemned: tuple[Page, Reason] | None = None

    @property
    def is_free(self) -> bool:
        """Whether it can be given a page."""
        can_serve = self.ready and not self.retiring and not self.process.killed
        return can_serve and len(self.given) < _PAGES_AT_ONCE

    def give(self, page: Page) -> None:
        """Send it a page."""
        self.given.append(page)
        self.process.send(Kind.PAGE, page.message)

    def condemn(self, page: Page, reason: Reason) -> None:
        """Kill the worker because of `page`."""
        if self.condemned is None:
            self.condemned = (page, reason)
        self.process.kill()

    def take_answer(self, kind: Kind, payload: bytes) -> None:
        """Hand the answer to the running page on to its caller."""
        self.timer.cancel()
        self.running = None
        page = self.given.popleft()
        if not page.answer.done():
            page.answer.set_result((kind, payload))

    def settle(self) -> list[Page]:
        """Now that it is dead, end the page that caused it, if any; return the others, in order."""
        self.timer.cancel()
        guilty, reason = self.condemned or (self.running, "crash")
        if guilty is None and self.given:
            # Ended from outside between two pages. But a page whose mere receipt kills must end.
            self.given[0].unstarted_deaths += 1
            if self.given[0].unstarted_deaths >= _UNSTARTED_DEATHS:
                guilty = self.given[0]
        if guilty is not None and guilty in self.given:  # its answer may have come before the kill
            self.given.remove(guilty)
            guilty.kill(reason)
        return list(self.given)
