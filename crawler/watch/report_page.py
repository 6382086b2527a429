"""The report that a watch serves, and how the run is that goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from crawler.items.find import ItemsNotFoundError
from crawler.ledger.ledger import LedgerError
from crawler.ledger.sqlite import SqliteLedger
from crawler.output.enriched import conflict_fields
from crawler.output.layout import Layout
from crawler.report.facts import Facts, known_items, read_facts
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.watch.metrics import Health
    from crawler.watch.options import WatchOptions

logger = logging.getLogger("crawler.watch")

STATUS: Final = "status.json"
"""Where the page asks how the run is, beside it."""
_FRESH_SECONDS: Final = 5.0
_SHARE: Final = 0.1  # of the time may go into making pages, however often one is asked for
_MINUTE: Final = 60


class ReportPage:
    """Makes the page, one at a time, and gives it again while it is fresh."""

    def __init__(self, options: WatchOptions) -> None:
        self._options = options
        self._layout = Layout(options.crawl.output)
        self._making = asyncio.Lock()
        self._page = ""
        self._fresh_until = 0.0

    async def html(self) -> str:
        """Return the page, which is some seconds old at most, or as long as making it is dear."""
        async with self._making:
            if time.monotonic() >= self._fresh_until or not self._page:
                began = time.monotonic()
                self._page = await asyncio.to_thread(self._made)
                took = time.monotonic() - began
                self._fresh_until = time.monotonic() + max(_FRESH_SECONDS, took / _SHARE)
            return self._page

    def _made(self) -> str:
        from crawler.report.html import html_report  # noqa: PLC0415 - loads Jinja2

        now, output = now_text(), self._options.crawl.output
        facts = Facts(str(output), now, now)
        try:
            if self._layout.ledger.is_file():
                with closing(SqliteLedger(self._layout.ledger)) as ledger:
                    items = known_items(ledger, self._options.crawl.items, exclude=output)
                    conflicts = conflict_fields(self._options.settings)
                    facts = read_facts(
                        ledger, items, output, now=now, since=None, conflicts=conflicts
                    )
        except (
            LedgerError,
            ItemsNotFoundError,
            OSError,
            sqlite3.Error,
        ) as error:  # the next run sets it right
            logger.warning("%s", error, extra={"event": "ledger-lost"})
        return html_report(facts, live=STATUS)

    def status(self, health: Health) -> dict[str, Any]:
        """Return how the run is, for the page: a sentence, and the facts."""
        progress = None if health.running is None else read_progress(self._layout.progress)
        document = health.as_json()
        return {"text": _sentence(health, progress), "progress": progress, **document}


def _sentence(health: Health, progress: dict[str, Any] | None) -> str:
    if health.running is None:
        at = health.as_json()["nextRunDateTime"]
        return "No run goes on." if at is None else f"No run goes on; the next one is due {at}."
    if progress is None:
        return f"A run goes on ({health.running})."
    told = f"{progress['done']} of {progress['due']} sources visited, {progress['failed']} failed"
    left = progress["secondsLeft"]
    if left is not None:
        told += f", {left} seconds left" if left < _MINUTE else f", {left // _MINUTE} minutes left"
    return f"A run goes on ({health.running}): {told}."


def read_progress(path: Path) -> dict[str, Any] | None:
    """Return how far the run is that goes on; None: none does, or has not told yet."""
    try:
        document = json.loads(path.read_text("ascii"))
        os.kill(document["pid"], 0)
    except PermissionError:  # it lives, and is somebody else's
        pass
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return document if isinstance(document, dict) else None
