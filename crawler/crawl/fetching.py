"""Requests that a coroutine awaits, though Scrapy's scheduler and downloader send them.

A visit is one coroutine. What it asks for has to go the way of all requests: through the spider's
output, the queue of its site, its pauses, and the count of what is in flight. So `fetch` hands the
request to whoever goes on with the coroutine (`CrawlTask.go_on`), the spider yields it, and its
callback goes on with what it ended in. Between the two nothing runs, and no place is taken: a
visit that waits for its site is its request in the scheduler, and is dropped with it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum
from types import coroutine
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from scrapy import Request
from scrapy.exceptions import CloseSpider

from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.stop import StoppedError
from crawler.extraction.pool.extraction_pool import ExtractionPoolError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

    from scrapy.http import Response

T_co = TypeVar("T_co", covariant=True)

RUN_ENDING: Final = (
    CloseSpider,
    ExtractionPoolError,
    OwnFailureError,
    StoppedError,
    sqlite3.Error,
)
"""What says nothing of a source: the run has ended, or cannot go on."""


class Turn(Enum):
    """What a coroutine waits for besides the answer of a request."""

    WAITED_FOR = "it goes on once those before it are done"


@dataclass(frozen=True, slots=True)
class Result:
    """How a request ended: with a response, or with an error.

    Attributes:
        request: the last one, where redirects or retries have made others of it.
    """

    request: Request
    response: Response | None = None
    error: BaseException | None = None


async def fetch(request: Request) -> Result:
    """Have a request sent as all others are; of the coroutine of a `CrawlTask`.

    Raises:
        BaseException: one of `RUN_ENDING`.
    """
    result = await _handed_over(request)
    assert isinstance(result, Result)
    if isinstance(result.error, RUN_ENDING):
        raise result.error
    return result


async def wait_for_turn() -> None:
    """Wait, without keeping a place in the downloader, until one is gone on with."""
    await _handed_over(Turn.WAITED_FOR)


@coroutine
def _handed_over(asked: Request | Turn) -> Generator[Any, Any, Any]:
    return (yield asked)


class CrawlTask(Generic[T_co]):
    """A coroutine that fetches, on its way; it ends with a `T_co`.

    Attributes:
        key: of the source that it visits; None: it visits none.
        url: what it is about.
    """

    __slots__ = ("_work", "key", "url")

    def __init__(self, work: Coroutine[Any, Any, T_co], url: str, key: str | None = None) -> None:
        self.key = key
        self.url = url
        self._work = work

    @coroutine
    def go_on(self, result: Result | None = None) -> Generator[Any, Any, Request | Turn | T_co]:
        """Go on with it, up to what it asks for next, or to its end.

        What else it awaits (the pool, the ledger's thread) is left to the event loop.

        Args:
            result: how the request ended that it has asked for.

        Raises:
            Exception: what it raises.
        """
        try:
            told = self._work.send(result)
            while not isinstance(told, (Request, Turn)):
                try:
                    answer = yield told
                except BaseException as error:  # noqa: BLE001 - it is the coroutine's to deal with
                    told = self._work.throw(error)
                else:
                    told = self._work.send(answer)
        except StopIteration as end:
            made: T_co = end.value
            return made
        return told
