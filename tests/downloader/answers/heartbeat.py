"""An extension that measures for how long the event loop of a crawl was blocked."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from scrapy import signals

_STEP: Final = 0.01  # seconds


class Heartbeat:
    """Writes the longest block, in seconds, to the file that HEARTBEAT_FILE names."""

    def __init__(self, crawler):
        self._file = Path(crawler.settings["HEARTBEAT_FILE"])
        crawler.signals.connect(self.engine_started, signals.engine_started)
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)
        self._longest = 0.0

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def engine_started(self):
        self._task = asyncio.get_running_loop().create_task(self._beat())

    def engine_stopped(self):
        self._task.cancel()
        self._file.write_text(str(self._longest))

    async def _beat(self):
        while True:
            before = time.monotonic()
            await asyncio.sleep(_STEP)
            self._longest = max(self._longest, time.monotonic() - before - _STEP)
