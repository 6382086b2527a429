"""What the exit code of a run says."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from crawler.summary import INTERRUPTED

if TYPE_CHECKING:
    from crawler.summary import RunSummary


class ExitCode(IntEnum):
    """Exit codes, the most telling one first where several apply: 130, 2, 3, 1, 0."""

    ALL_GOOD = 0
    SOURCES_FAILED = 1
    USAGE_ERROR = 2
    ITEMS_INVALID = 3
    INTERRUPTED = 130


def exit_code_of(summary: RunSummary) -> ExitCode:
    """Return the exit code for a run that could be done."""
    if summary.ended == INTERRUPTED:
        return ExitCode.INTERRUPTED
    if summary.invalid:
        return ExitCode.ITEMS_INVALID
    is_whole = summary.ended == "finished" and summary.done == summary.due
    searched = summary.discovery is None or not summary.discovery.failed
    are_written = not summary.unwritten and not summary.outdated and not summary.faults
    if summary.failed or not are_written or not is_whole or not searched:
        return ExitCode.SOURCES_FAILED
    return ExitCode.ALL_GOOD
