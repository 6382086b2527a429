"""What is wrong with an input, said so that its author can find and mend it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from crawler.sanitize import visible


@dataclass(frozen=True, slots=True)
class Problem:
    """A defect of one input file.

    Attributes:
        file: the path as the user gave or would recognise it.
        line: 1-based line of the defect; 1 where the whole file is meant.
        reason: one sentence without a full stop.
    """

    file: str
    line: int
    reason: str

    def as_json(self) -> dict[str, str | int]:
        """Return it as a JSON object."""
        return {"file": self.file, "line": self.line, "reason": self.reason}

    def __str__(self) -> str:
        return visible(f"{self.file}:{self.line}: {self.reason}")


class ItemError(ValueError):
    """An item file cannot be used; carries the `Problem` that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def reason_of(error: Exception) -> str:
    """Return what an error says, in words: of the system's, without its number."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    named = [] if error.filename is None else [os.fsdecode(error.filename)]
    return ": ".join([*named, error.strerror[0].lower() + error.strerror[1:]])
