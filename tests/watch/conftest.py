"""A real `crawler watch` on real files, and a look at what it does."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.web.local_web import LocalWeb

T = TypeVar("T")

PATIENCE = 60.0  # seconds; a loaded machine may take long, and a wait ends when it can
SETTINGS = {"CRAWLER_WATCH_QUIET": 0.2, "CRAWLER_WATCH_GAP": 0.5}


def wait_for(look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Return what `look` returns once that is true."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return seen


class Watching:
    """A watch that goes on, and the lines of its log."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def events(self, event: str, **facts: object) -> list[dict[str, Any]]:
        """Return the log lines of an event, with these facts among theirs."""
        wanted = {"event": event, **facts}
        return [line for line in list(self.lines) if wanted.items() <= line.items()]

    def await_events(self, event: str, count: int = 1, **facts: object) -> list[dict[str, Any]]:
        """Wait until so many have come."""

        def look() -> bool:
            seen = len(self.events(event, **facts)) >= count
            assert seen or self.process.poll() is None, self.lines
            return seen

        try:
            wait_for(look)
        except AssertionError as error:
            raise AssertionError(f"no {event} {facts} in {self.lines}") from error
        return self.events(event, **facts)

    def await_runs(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many runs have ended, and return them."""
        return self.await_events("run-ended", count)

    def end(self, signum: int) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(signum)
        code = self.process.wait(PATIENCE)
        self._reader.join()
        return code

    def close(self) -> None:
        """End it in any case."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reader.join()
            assert self.process.stderr is not None
            self.process.stderr.close()


@pytest.fixture
def items(tmp_path: Path) -> Path:
    folder = tmp_path / "items"
    folder.mkdir()
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def watch(items: Path, output: Path, web: LocalWeb) -> Iterator[Callable[..., Watching]]:
    """Start a watch on the items; all are ended with the test."""
    with ExitStack() as stack:

        def start(
            *words: object,
            settings: Mapping[str, object] | None = None,
            env: Mapping[str, str] | None = None,
            on: Path = items,
            before: Sequence[str] = (),
        ) -> Watching:
            given = SETTINGS | (settings or {})
            command = arguments(
                "watch", on, "-o", output, "--log-format=json", *words, settings=given
            )
            process = subprocess.Popen(
                [*before, *command],
                env=environment(web) | (env or {}),
                stderr=subprocess.PIPE,
                text=True,
            )
            watching = Watching(process)
            stack.callback(watching.close)
            return watching

        yield start
