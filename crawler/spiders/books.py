"""The bookkeeping of a crawl on a thread of its own, so that no disk stalls the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.crawl import Crawl

P = ParamSpec("P")
T = TypeVar("T")


class Books:
    """Runs the methods of one `Crawl` in order on one thread; awaited from the event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="books")
        self._crawl: Crawl | None = None

    @property
    def crawl(self) -> Crawl:
        """The crawl; only `summary` and `options` may be read from other threads."""
        assert self._crawl is not None
        return self._crawl

    async def open(self, make: Callable[[], Crawl]) -> None:
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
