"""Where in somebody's spider something came from, as `FILE:LINE` to go to."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


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
