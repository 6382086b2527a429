"""What a scripted web answers: which answer a URL gets, and for how many requests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.server import Handler

Answer: TypeAlias = "Callable[[Handler], None]"
"""Sends a whole answer by `Handler.send`, or does anything to its `wfile` and `connection`."""


@dataclass(slots=True)
class _Turn:
    answer: Answer
    left: int | None


class Answers:
    """Answers by target, which is a path of the server itself or the whole URL of any host.

    Answers to one target queue: one with `times` serves that many requests and then gives way to
    the one set after it. One without `times` stays until it is set anew.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[str, deque[_Turn]] = {}

    def add(self, target: str, answer: Answer, times: int | None) -> None:
        """Put an answer at the end of its target's queue."""
        with self._lock:
            turns = self._turns.setdefault(target, deque())
            if turns and turns[-1].left is None:
                turns.pop()
            turns.append(_Turn(answer, times))

    def take(self, *targets: str) -> Answer | None:
        """The answer whose turn it is at the first of the targets that has one."""
        with self._lock:
            for target in targets:
                if turns := self._turns.get(target):
                    return _next(turns)
        return None


def _next(turns: deque[_Turn]) -> Answer:
    turn = turns[0]
    if turn.left is not None:
        turn.left -= 1
        if turn.left <= 0:
            turns.popleft()
    return turn.answer
