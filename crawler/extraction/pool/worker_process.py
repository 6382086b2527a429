"""The parent's end of one worker process: its pipes, its death and its burial.

Plain non-blocking pipes under `loop.add_reader` and `add_writer`: no threads, no child watcher and
no SIGCHLD handler, which would be in the way of Twisted's. POSIX only.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import pickle
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from crawler.config import without_secrets
from crawler.extraction.pool.worker import HEADER, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

# Not multiprocessing: its spawn imports the caller's `__main__`, such as `scrapy`, in each worker.
_BOOT = """
import sys
sys.path[:] = sys.argv[2:]
from crawler.extraction.pool.worker import main
main(int(sys.argv[1]))
"""
_READ_BYTES = 1 << 18
_PIPE_BYTES = 1 << 20  # what Linux grants to everybody
_ERRORS_BYTES = 1 << 16  # what a pipe holds
_ERRORS_KEPT = 4_000  # bytes
_BURIAL_SECONDS = 0.005
_LARGEST_FRAME = 64 << 20  # bytes; a page that took its worker over is not to fill our memory


_KINDS = frozenset(Kind)


class _Chunks(list[bytes]):
    """A file for `pickle` that keeps large byte strings as they are, uncopied."""

    def write(self, data: bytes) -> None:
        self.append(data)


def pickled(message: object) -> list[bytes]:
    """Pickle `message` into byte strings to be sent one after the other.

    Raises:
        Exception: whatever pickling `message` raises.
    """
    chunks = _Chunks()
    pickle.Pickler(chunks, pickle.HIGHEST_PROTOCOL).dump(message)
    return chunks


class WorkerProcess:
    """One worker process, started at once; made and used in the thread of the running loop.

    The process ends with that thread (Linux) or with the closing of its pipe (everywhere).

    Attributes:
        killed: whether its end is on the way, so that it is to be sent nothing more.
    """

    def __init__(
        self,
        on_frame: Callable[[Kind, bytes], None],
        on_death: Callable[[int], None],
    ) -> None:
        """Start the process.

        Args:
            on_frame: called with each frame that the worker sends.
            on_death: called once, after the last frame, with the exit status (negative: signal).

        Raises:
            OSError: the process cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._on_frame = on_frame
        self._on_death = on_death
        self._inbox = bytearray()
        self._outbox: deque[memoryview] = deque()
        self.killed = False
        self._released = False
        self._last_errors = b""
        errors = _own_errors()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, fixed arguments
                [sys.executable, "-c", _BOOT, str(errors), *sys.path],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(errors,),
                env=without_secrets(os.environ),
                process_group=0,  # Ctrl-C in the terminal must not hit a worker that still starts
            )
        finally:
            os.close(errors)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._pages = self._process.stdin
        self._results = self._process.stdout
        self._errors = self._process.stderr
        for pipe in (self._pages, self._results, self._errors):
            os.set_blocking(pipe.fileno(), False)
        _widen(self._pages.fileno())
        self._loop.add_reader(self._results.fileno(), self._read)
        self._loop.add_reader(self._errors.fileno(), self._read_errors)
        self._clock = _processor_clock(self._process.pid)

    @property
    def processor_seconds(self) -> float | None:
        """The processor time that it has used; None: the system does not say."""
        if self._clock is None:
            return None
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has ended
            return None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_sending(self) -> bool:
        """Whether a frame has come in part."""
        return bool(self._inbox)

    @property
    def last_errors(self) -> str:
        """The end of what it wrote to standard error while it started."""
        return self._last_errors.decode(errors="replace")

    def pass_errors_on(self) -> None:
        """Write what it wrote to standard error to ours, where it writes by itself from now on."""
        self._read_errors()
        with suppress(OSError):
            os.write(2, self._last_errors)
        self._last_errors = b""

    def send(self, kind: Kind, message: list[bytes]) -> None:
        """Send a pickled message; what the pipe does not take now goes out when it can."""
        header = HEADER.pack(kind, sum(map(len, message)))
        self._outbox.append(memoryview(header + message[0]))  # the first is short: one write less
        self._outbox.extend(map(memoryview, message[1:]))
        self._write()

    def kill(self) -> None:
        """Kill the process (SIGKILL); `on_death` follows once it is gone."""
        if not self.killed:
            self.killed = True
            self._deafen()
            self._process.kill()
            self._loop.call_soon(self._bury)

    def end(self) -> None:
        """Kill the process and wait until it is gone; nothing is called any more."""
        self.killed = True
        self._process.kill()
        self._process.wait()
        self._release()

    def _write(self) -> None:
        pipe = self._pages.fileno()
        while self._outbox:
            chunk = self._outbox[0]
            try:
                sent = os.write(pipe, chunk)
            except BlockingIOError:
                self._loop.add_writer(pipe, self._write)
                return
            except BrokenPipeError:  # it has died, which `_read` finds out
                self._outbox.clear()
                break
            if sent < len(chunk):
                self._outbox[0] = chunk[sent:]
            else:
                self._outbox.popleft()
        self._loop.remove_writer(pipe)

    def _read(self) -> bool:
        """Take in one chunk; whether there may be more."""
        try:
            data = os.read(self._results.fileno(), _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self.kill()
            return False
        self._inbox += data
        while len(self._inbox) >= HEADER.size:
            kind, size = HEADER.unpack_from(self._inbox)
            if kind not in _KINDS or size > _LARGEST_FRAME:  # not from our code
                self._inbox.clear()
                self.kill()
                return False
            end = HEADER.size + size
            if len(self._inbox) < end:
                break
            payload = bytes(memoryview(self._inbox)[HEADER.size : end])
            del self._inbox[:end]
            self._on_frame(Kind(kind), payload)
        return True

    def _read_errors(self) -> None:
        if self._errors.closed:
            return
        try:
            data = os.read(self._errors.fileno(), _ERRORS_BYTES)
        except BlockingIOError:
            return
        self._last_errors = (self._last_errors + data)[-_ERRORS_KEPT:]
        if not data:
            self._close_errors()

    def _close_errors(self) -> None:
        if not self._errors.closed:
            self._loop.remove_reader(self._errors.fileno())
            self._errors.close()

    def _bury(self) -> None:
        if self._released:
            return
        status = self._process.poll()
        if status is None:
            self._loop.call_later(_BURIAL_SECONDS, self._bury)
            return
        while not self._released and self._read():  # what it had sent before it died counts
            pass
        if not self._released:
            self._read_errors()
            self._release()
            self._on_death(status)

    def _deafen(self) -> None:
        self._loop.remove_reader(self._results.fileno())
        self._loop.remove_writer(self._pages.fileno())

    def _release(self) -> None:
        if not self._released:
            self._released = True
            self._deafen()
            self._pages.close()
            self._results.close()
            self._close_errors()
            self._inbox.clear()
            self._outbox.clear()


def _own_errors() -> int:
    """Open our standard error once more, or where there is none, what takes everything."""
    try:
        return os.dup(2)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def _widen(pipe: int) -> None:
    """Let a pipe take a whole page at once where the system allows it: fewer turns of the loop."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _processor_clock(pid: int) -> int | None:
    """Return the clock of the processor time of a process (POSIX); None: there is none."""
    find = getattr(ctypes.CDLL(None), "clock_getcpuclockid", None)
    clock = ctypes.c_int()
    if find is None or find(pid, ctypes.byref(clock)) != 0:
        return None
    return clock.value
