"""What ends a command with exit code 2, and how it is told."""

from __future__ import annotations

import logging
import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from crawler.cli.json_lines import JsonLines
from crawler.cli.logs import LogFormat
from crawler.cli.process import UnusableRunError
from crawler.crawl import OutputBusyError
from crawler.exit_codes import ExitCode
from crawler.items.changed_since import RevisionError
from crawler.items.discovery import ItemsNotFoundError
from crawler.ledger.sqlite import LedgerError
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE_ERRORS: Final = (
    OptionError,
    ItemsNotFoundError,
    RevisionError,
    OutputBusyError,
    LedgerError,
    UnusableRunError,
    OSError,
    sqlite3.DatabaseError,
)


@contextmanager
def reported_as(log_format: LogFormat) -> Iterator[None]:
    """Tell an error of these to a machine as a line of its log; to a person, `main` tells it."""
    try:
        yield
    except USAGE_ERRORS as error:
        if log_format is LogFormat.TEXT:
            raise
        facts = {"name": "crawler", "levelname": "ERROR", "msg": str(error), "event": "failed"}
        print(JsonLines().format(logging.makeLogRecord(facts)), file=sys.stderr)
        raise SystemExit(ExitCode.USAGE_ERROR) from None
