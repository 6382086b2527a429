"""Faults of our own and of callbacks: each source ends in a state, and the run goes on."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.ledger.records import Attempt, Visit
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Callable


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


def fault_detail(error: BaseException) -> str:
    """Return an exception in one line."""
    return plain_text(f"{type(error).__name__}: {error}", limit=_DETAIL_LENGTH)


def bare_visit(url: str, state: State, detail: str) -> Visit:
    """Return the visit of a source of which nothing else can be said."""
    return Visit(state, now_text(), (Attempt(url, state, detail=detail),))


def fault_attempt(url: str, detail: str) -> Attempt:
    """Return the attempt at a URL that came to nothing by a fault of our own."""
    return Attempt(url, State.INTERNAL_ERROR, detail=detail)


def fault_visit(url: str, detail: str) -> Visit:
    """Return the visit of a source that came to nothing by a fault of our own."""
    return bare_visit(url, State.INTERNAL_ERROR, detail)


_LOST: Final = (State.INTERNAL_ERROR, "its visit was lost on its way to the ledger")


class BegunVisits:
    """Sources whose visit was begun and is not in the ledger yet."""

    def __init__(self) -> None:
        self._begun: dict[str, str] = {}  # the first URL of each, by key
        self._lost: dict[str, tuple[State, str]] = {}

    def begin(self, key: str, url: str) -> None:
        """Note that the visit of a source begins."""
        self._begun[key] = url

    def end(self, key: str) -> None:
        """Note that the visit of a source is in the ledger."""
        self._begun.pop(key, None)

    def lose(self, key: str, state: State, detail: str) -> None:
        """Note what the state of a source will be if its visit never comes."""
        self._lost[key] = state, detail

    @property
    def any_left(self) -> bool:
        """Whether there are any."""
        return bool(self._begun)

    def lost(self) -> list[tuple[str, Visit]]:
        """Return the sources whose visits have not come, and what stands for these."""
        return [
            (key, bare_visit(url, *self._lost.get(key, _LOST))) for key, url in self._begun.items()
        ]
