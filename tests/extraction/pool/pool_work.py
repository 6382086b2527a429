"""Pages for the pool's workers, named by what they do; light, since each worker imports this."""

from __future__ import annotations

import ctypes
import os
import pickle
import re
import signal
import threading
import time
from pathlib import Path

from crawler.extraction.pool.worker import HEADER, Kind


def perform(job):
    name, argument = job
    return _ACTIONS[name](argument)


def slow_warm_up():
    time.sleep(0.6)


def failing_warm_up():
    raise ImportError("no module of that name")


def deadly_warm_up():
    os._exit(7)


def talkative_warm_up():
    os.write(2, b"loaded slowly\n")


class OneWayError(Exception):
    """Pickles, but does not come back."""

    def __init__(self, left, right):
        super().__init__(f"{left} and {right}")


def _raise(error):
    raise error


def _raise_one_way(_):
    raise OneWayError("here", "there")


def _spend_memory(_):
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * 1_000_000))


def _spend_memory_in_libxml2(_):
    from lxml import html  # noqa: PLC0415 - few of the workers need it

    return html.document_fromstring(b"<p>a <b>b</b></p>" * 1_500_000).tag


def _hold_the_gil(seconds):
    ctypes.PyDLL(None).usleep(int(seconds * 1_000_000))  # PyDLL keeps the GIL


def _hold_the_gil_for_ever(_):
    re.match(r"(a+)+$", "a" * 60 + "b")


def _note(argument):
    path, seconds = argument
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(seconds)
    return os.getpid()


def _open_files(_):
    folder = Path("/proc/self/fd")
    return sorted(str(file.readlink()) for file in folder.iterdir() if file.is_symlink())


def _spin(argument):
    seconds, data = argument
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return len(data)


def _litter(size):
    """Leave a heap of which so much stays taken after the page."""
    _KEPT.append([bytes(100_000) for _ in range(size // 100_000)])


def _fill(size):
    return len(bytearray(b"x") * size)


def _swallow(size):
    try:
        return len(bytearray(b"x") * size)
    except MemoryError as error:
        raise LookupError("no room") from error


def _forge(name):
    """Write to the pipe of the results as no worker does; it is the only one that is open."""
    pipes = [int(fd.name) for fd in Path("/proc/self/fd").iterdir() if _is_pipe(fd)]
    frames = {
        "another type": HEADER.pack(Kind.RESULT, 2) + b"\xa1x",
        "pickle": HEADER.pack(Kind.RESULT, 4) + pickle.dumps(1, 0)[:4],
        "no frame": HEADER.pack(77, 0),
        "a large frame": HEADER.pack(Kind.RESULT, 1 << 40),
        "an order": HEADER.pack(Kind.ORDERS, 0),
    }
    for pipe in pipes:
        os.write(pipe, frames[name])
    time.sleep(20)


def _is_pipe(fd):
    try:
        is_pipe = str(fd.readlink()).startswith("pipe:")
        return is_pipe and os.get_blocking(int(fd.name)) and _is_for_writing(fd)
    except OSError:
        return False


def _is_for_writing(fd):
    return bool(int(Path(f"/proc/self/fdinfo/{fd.name}").read_text().split()[3], 8) & os.O_WRONLY)


_KEPT = []
_ACTIONS = {
    "answer": lambda value: value,
    "pid": lambda _: os.getpid(),
    "sleep": time.sleep,
    "spin": _spin,
    "exit": os._exit,
    "signal": lambda number: os.kill(os.getpid(), number),
    "ignore": lambda number: signal.getsignal(number) == signal.SIG_IGN,
    "sys-exit": lambda _: _raise(SystemExit(3)),
    "raise": _raise,
    "raise one-way": _raise_one_way,
    "lock": lambda _: threading.Lock(),
    "memory": _spend_memory,
    "libxml2": _spend_memory_in_libxml2,
    "gil": _hold_the_gil,
    "regex": _hold_the_gil_for_ever,
    "note": _note,
    "files": _open_files,
    "print": lambda text: os.write(1, text),
    "late": lambda size: time.sleep(0.1) or b"x" * size,
    "litter": _litter,
    "fill": _fill,
    "swallow": _swallow,
    "forge": _forge,
    "big": lambda size: b"x" * size,
}
