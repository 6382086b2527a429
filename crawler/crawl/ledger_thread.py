"""The ledger of a crawl on a thread of its own, so that no disk stalls the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.ledger.records import ImageRecord, RobotsAnswer, Snapshot
    from crawler.session import RunSession


P = ParamSpec("P")
T = TypeVar("T")


class LedgerThread:
    """Runs the methods of one `RunSession` in order on one thread; awaited from the event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._crawl: RunSession | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a crawl."""
        return self._crawl is not None

    @property
    def crawl(self) -> RunSession:
        """The crawl; only `summary` and `options` may be read from other threads."""
        assert self._crawl is not None
        return self._crawl

    async def open(self, make: Callable[[], RunSession]) -> None:
        """Make the crawl; its errors are raised here."""
        self._crawl = await self.run(make)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one piece of work after those that were asked for before."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def close(self, ended: str, *, could_go_on: bool = True) -> None:
        """Complete the summary and close the crawl."""
        if self._crawl is not None:
            await self.run(self._crawl.finish, ended, could_go_on=could_go_on)
            await self.run(self._crawl.close)
        self._thread.shutdown(wait=False)


class LedgerMemory:
    """A `crawler.downloader.host_state.WebMemory` in the ledger of a crawl, by way of its books.

    Args:
        on_failure: is told where the ledger cannot keep something, which ends the run; the answer
            at hand is not to be taken for a failure of its site.
    """

    def __init__(
        self, ledger_thread: LedgerThread, *, on_failure: Callable[[sqlite3.Error], object]
    ) -> None:
        self._ledger_thread = ledger_thread
        self._on_failure = on_failure

    async def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for the robots.txt of an origin ended."""
        return await self._ledger_thread.run(self._ledger_thread.crawl.ledger.robots, origin)

    async def keep_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""
        await self._keep(self._ledger_thread.crawl.ledger.put_robots, origin, answer)

    async def pauses(self) -> Mapping[str, tuple[str, str]]:
        """Hosts that are to be left alone: until when, and why."""
        return await self._ledger_thread.run(self._ledger_thread.crawl.ledger.pauses)

    async def keep_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""
        await self._keep(self._ledger_thread.crawl.ledger.put_pause, host, until, reason)

    async def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""
        await self._keep(self._ledger_thread.crawl.ledger.forget_pause, host)

    async def snapshot(self, key: str) -> Snapshot | None:
        """What the archive said of the page with this key."""
        return await self._ledger_thread.run(self._ledger_thread.crawl.ledger.snapshot, key)

    async def keep_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""
        await self._keep(self._ledger_thread.crawl.ledger.put_snapshot, key, snapshot)

    async def keep_image(self, url: str, record: ImageRecord) -> None:
        """Remember what was learned of an image."""
        await self._keep(self._ledger_thread.crawl.ledger.put_image, url, record)

    async def _keep(self, put: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await self._ledger_thread.run(put, *args, **kwargs)
        except sqlite3.Error as error:
            self._on_failure(error)
