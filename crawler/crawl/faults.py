"""Faults of our own and of callbacks: each source ends in a state, and the run goes on."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from scrapy.exceptions import CloseSpider

from crawler.ledger.records import Attempt, Visit
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure


async def outputs_of(result: Any) -> AsyncIterator[Any]:
    """Yield one by one what a callback returned: of a generator, a coroutine, a list, or itself."""
    if isinstance(result, Awaitable):
        result = await result
    if isinstance(result, AsyncIterator):
        async for output in result:
            yield output
    elif isinstance(result, Iterable) and not isinstance(result, (str, bytes, dict)):
        for output in result:
            yield output
    elif result is not None:
        yield result


def place_of_output(callback: Callable[..., Any], result: Any) -> str:
    """Return where a callback is that has just given something.

    Args:
        result: what it returned when it was called; a generator says in which line it is.
    """
    frame = None
    while (inner := _frame(result)) is not None:
        frame, result = inner, _delegate(result)
    if frame is not None:
        return _place(frame.f_code.co_filename, frame.f_lineno)
    code = getattr(inspect.unwrap(callback), "__code__", None)
    if code is None:
        return getattr(callback, "__qualname__", type(callback).__name__)
    return _place(code.co_filename, code.co_firstlineno)


def place_of_error(callback: Callable[..., Any], error: BaseException) -> str:
    """Return the last line of the callback's own file that an error came through."""
    code = getattr(inspect.unwrap(callback), "__code__", None)
    lines = traceback.extract_tb(error.__traceback__)
    own = [line for line in lines if code is not None and line.filename == code.co_filename]
    if not (own or lines):
        return place_of_output(callback, None)
    last = (own or lines)[-1]
    return _place(last.filename, last.lineno or 0)


def _frame(result: Any) -> Any:
    return getattr(result, "gi_frame", None) or getattr(result, "ag_frame", None)


def _delegate(result: Any) -> Any:
    return getattr(result, "gi_yieldfrom", None)


def _place(file: str, line: int) -> str:
    path = Path(file)
    try:
        return f"{path.relative_to(Path.cwd())}:{line}"
    except ValueError:
        return f"{path}:{line}"


_DETAIL_LENGTH: Final = 200

P = ParamSpec("P")


class Desk(Protocol):
    """What makes requests, and takes their answers."""

    def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Go on after a callback or an errback of this request has raised."""


DeskT = TypeVar("DeskT", bound=Desk)
AnswerT = TypeVar("AnswerT", bound="Response | Failure")


def settles_faults(
    callback: Callable[Concatenate[DeskT, AnswerT, P], AsyncIterator[Any]],
) -> Callable[Concatenate[DeskT, AnswerT, P], AsyncIterator[Any]]:
    """Have a callback or an errback hand what it raises to the `after_fault` of its desk.

    Scrapy would log it, and nobody would ever hear of the request again.
    """

    @wraps(callback)
    async def settling(
        desk: DeskT, answer: AnswerT, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Any]:
        try:
            async for output in callback(desk, answer, *args, **kwargs):
                yield output
        except CloseSpider:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the source gets a state
            request: Request = answer.request  # type: ignore[union-attr,assignment]
            async for output in desk.after_fault(request, error):
                yield output

    return settling


def fault_detail(error: BaseException) -> str:
    """Return an exception in one line."""
    return plain_text(f"{type(error).__name__}: {error}", limit=_DETAIL_LENGTH)


def bare_visit(url: str, state: State, detail: str) -> Visit:
    """Return the visit of a source of which nothing else can be said."""
    return Visit(state, now_text(), (Attempt(url, state, detail=detail),))


def fault_hop(url: str, detail: str) -> Attempt:
    """Return the try at a URL that came to nothing by a fault of our own."""
    return Attempt(url, State.INTERNAL_ERROR, detail=detail)


def fault_visit(url: str, detail: str) -> Visit:
    """Return the visit of a source that came to nothing by a fault of our own."""
    return bare_visit(url, State.INTERNAL_ERROR, detail)
