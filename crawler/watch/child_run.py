"""One `crawler run` in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from crawler.exit_codes import ExitCode
from crawler.running import run_command, run_input
from crawler.summary import RunSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.options import CrawlOptions

TOKEN_VARIABLE: Final = "CRAWLER_TOKEN"  # noqa: S105 - its name


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        code: its exit code; negative: the signal that killed it.
        summary: what it did; None: it could not be done, or was killed.
    """

    code: int
    summary: RunSummary | None

    @property
    def could_be_done(self) -> bool:
        """Whether the run was one, if perhaps not to its end."""
        return self.summary is not None or self.code == ExitCode.INTERRUPTED


class ChildRun:
    """A run that goes on; its log lines go to our standard error."""

    def __init__(self, process: asyncio.subprocess.Process, given: bytes) -> None:
        self._process = process
        self._given = given

    @classmethod
    async def start(cls, options: CrawlOptions, settings: Mapping[str, object], *more: str) -> Self:
        """Start a run of these options.

        Args:
            settings: Scrapy settings by name.
            more: further words of the command line.

        Raises:
            OSError: no process can be started.
        """
        process = await asyncio.create_subprocess_exec(
            *run_command(options, settings, *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C in a terminal is for us, and we pass it on
            # Whoever may post items is no business of the crawl.
            env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE},
        )
        return cls(process, run_input(options))

    async def outcome(self) -> RunOutcome:
        """Wait until it has ended."""
        printed, _ = await self._process.communicate(self._given)
        code = await self._process.wait()
        summary = None
        if code != ExitCode.USAGE_ERROR:
            with suppress(ValueError, KeyError, TypeError):  # killed in the middle of a word
                summary = RunSummary.from_json(json.loads(printed))
        return RunOutcome(code, summary)

    def stop(self) -> None:
        """Ask it to finish what is in flight and to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; nothing that was settled is lost."""
        self._send(signal.SIGKILL)

    def _send(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signum)
