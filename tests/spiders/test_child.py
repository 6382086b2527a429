"""A command that ends with the crawl that began it."""

from __future__ import annotations

import asyncio
import signal
import sys
import time

from crawler.crawl.enriching import run_child


def test_what_a_command_prints_comes_with_its_exit_code() -> None:
    script = "print('x' * 200_000); raise SystemExit(3)"  # more than a pipe holds
    command = [sys.executable, "-c", script]
    code, printed = asyncio.run(run_child(command, until=lambda: False))
    assert (code, len(printed)) == (3, 200_001)


def test_a_command_is_told_to_end_when_the_crawl_is() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    began = time.monotonic()
    code, printed = asyncio.run(run_child(command, until=lambda: True))
    assert (code, printed) == (-signal.SIGTERM, b"")
    assert time.monotonic() - began < 30
