"""The output folder as a watch sees it: who holds it, and when its revisits fall due."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from crawler.crawl import OutputBusyError
from crawler.ledger.sqlite import LedgerError, SqliteLedger
from crawler.output.layout import Layout
from crawler.plan.intake import absolute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.options import CrawlOptions
    from crawler.plan.revisit import RevisitPolicy

logger = logging.getLogger("crawler.watch")


class OutputFolder:
    """The output folder of these options, whose sources are due again by this policy."""

    def __init__(self, options: CrawlOptions, revisit: RevisitPolicy) -> None:
        self._options = options
        self._layout = Layout(options.output)
        self._revisit = revisit
        self._was_busy = False

    def take(self) -> FileLock:
        """Keep other watches away until the lock is released.

        Raises:
            OutputBusyError: another watch is there already.
            OSError: the folder cannot be made.
        """
        self._layout.refuse_links()
        path = self._layout.watch_lock
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise OutputBusyError(f"another watch is on {self._layout.output}") from None
        return lock

    def is_busy(self) -> bool:
        """Whether a run that is none of the watch's own goes on; the log is told once."""
        lock = FileLock(self._layout.lock, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            if not self._was_busy:
                text, facts = "another run is writing to %s; waiting for it", {"event": "waiting"}
                logger.info(text, self._layout.output, extra=facts)
            self._was_busy = True
            return True
        lock.release()
        self._was_busy = False
        return False

    def that_matter(self, files: Sequence[Path]) -> tuple[Path, ...]:
        """Return those of some changed files that are there, or that were items before they went.

        What is left are names that something had for a moment, as when an editor saves a file.
        """
        gone = [file for file in files if not os.path.lexists(file)]
        if not gone:
            return tuple(files)
        try:
            with closing(SqliteLedger(self._layout.ledger)) as ledger:
                known = ledger.items_from([absolute(file) for file in gone])
        except (LedgerError, OSError, sqlite3.Error) as error:
            logger.warning("%s", error, extra={"event": "ledger-lost"})
            return tuple(files)
        passed = {file for file in gone if absolute(file) not in known}
        return tuple(file for file in files if file not in passed)

    def next_due(self) -> datetime | None:
        """When the first source of the items is due by itself again; None: never, or unknown."""
        paths = self._options.items
        roots = [absolute(path if path.is_dir() else path.parent) for path in paths]
        try:
            with closing(SqliteLedger(self._layout.ledger)) as ledger:
                return ledger.next_due(roots, self._revisit)
        except (LedgerError, OSError, sqlite3.Error) as error:
            logger.warning("%s", error, extra={"event": "ledger-lost"})
            return None
