"""A command in a process of its own, that ends with the crawl that began it."""

from __future__ import annotations

import asyncio
import subprocess
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LOOK: Final = 0.2  # seconds


async def run_child(command: Sequence[str], *, until: Callable[[], bool]) -> tuple[int, bytes]:
    """Run a command to its end; return its exit code and what it printed.

    It inherits standard error.

    Args:
        until: asked some times a second; once True, the process gets SIGTERM, and ends as it does.

    Raises:
        OSError: it cannot be started.
    """
    with TemporaryFile() as printed:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed)  # noqa: ASYNC220, S603 - a fork takes no time to speak of; this interpreter
        is_told = False
        try:
            while process.poll() is None:
                if not is_told and until():
                    process.terminate()
                    is_told = True
                await asyncio.sleep(_LOOK)
        finally:
            if process.poll() is None:  # we are ended ourselves
                process.terminate()
        printed.seek(0)
        return process.returncode, printed.read()
