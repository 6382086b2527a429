"""Asks an enricher for what it makes of an article, within its time and size."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from crawler.config import without_secrets
from crawler.enrichers.result import MOST_BYTES, EnricherError, checked_result
from crawler.sanitize import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.enrichers.enricher import Enricher

_MOST_READ: Final = 16 * MOST_BYTES  # of what a process says
_REASON_LENGTH: Final = 300


class EnricherProcess:
    """The process of one enricher; it is started when first asked, and again after it was ended."""

    def __init__(self, enricher: Enricher) -> None:
        self._enricher = enricher
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the result, made inert; None: it has none to give now.

        Args:
            question: `article` and `item`, as JSON has them.

        Raises:
            EnricherError: there is none, for whatever reason.
        """
        data = json.dumps(question, ensure_ascii=True).encode() + b"\n"
        try:
            async with asyncio.timeout(self._enricher.seconds):
                if self._enricher.is_function:
                    answer = await self._of_function(data)
                else:
                    answer = await self._of_command(data)
        except TimeoutError:
            self.kill()
            told = f"was not done within {self._enricher.seconds:g} seconds"
            raise EnricherError(told) from None
        except (OSError, ValueError, RecursionError) as error:
            self.kill()
            raise EnricherError(plain_text(str(error), limit=_REASON_LENGTH)) from error
        return None if answer is None else checked_result(answer)

    async def _of_function(self, data: bytes) -> Any:
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):  # it has ended, which the answer tells
            process.stdin.write(data)
            await process.stdin.drain()
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            self.kill()
            raise EnricherError(f"its process ended with {await process.wait()}")
        told = json.loads(line)
        if "problem" in told:
            raise EnricherError(told["problem"])
        return told["result"]

    async def _of_command(self, data: bytes) -> Any:
        process = await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):  # it need not read it
            process.stdin.write(data)
            await process.stdin.drain()
        process.stdin.close()
        told = b""
        while part := await process.stdout.read(MOST_BYTES):
            told += part
            if len(told) > _MOST_READ:
                self.kill()
                raise EnricherError("said too much")
        code = await process.wait()
        self._process = None
        if code:
            raise EnricherError(f"ended with {code}")
        return json.loads(told) if told.strip() else None

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._enricher.words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_MOST_READ,
            start_new_session=True,  # so that what it starts ends with it
            env=_with_our_modules() if self._enricher.is_function else without_secrets(os.environ),
        )
        return self._process

    def kill(self) -> None:
        """End it now, and what it has started."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    async def close(self) -> None:
        """End it."""
        self.kill()


def _with_our_modules() -> dict[str, str]:
    """Return an environment in which Python finds what it finds here."""
    return {**without_secrets(os.environ), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
