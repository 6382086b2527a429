"""What runs inside a worker process: pages come in on one pipe, results go out on another.

Both pipes carry frames: a header of one byte (`Kind`) and a length in bytes, then a pickle. The
first frame in is the `Orders`. A thread reads ahead, so that the next page is already here when
one is done, and so that the worker ends as soon as the parent has gone.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import struct
import sys
import threading
import traceback
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = struct.Struct("!BQ")

_PR_SET_PDEATHSIG = 1  # prctl(2)
_NICENESS = 5  # the parent's event loop goes first: it feeds the workers
_XML_ERR_NO_MEMORY = 2  # libxml2's xmlParserErrors; lxml passes it on as `code`


class Kind(IntEnum):
    """What a frame says."""

    ORDERS = 1
    PAGE = 2
    READY = 3
    BROKEN = 4
    STARTED = 5
    RESULT = 6
    RAISED = 7
    MEMORY = 8


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker does; the functions are top-level ones, since they are pickled by name.

    Attributes:
        work: called with each page.
        warm_up: called once, before the first page.
        memory_bytes: what the pages may use on top of the started worker.
    """

    work: Callable[[Any], Any]
    warm_up: Callable[[], object] | None
    memory_bytes: int


def main() -> NoReturn:
    """Serve pages from standard input to standard output until the parent ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to decide on
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # The thread below cannot end the worker while C code holds the GIL; the kernel can.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    pages, results = _take_the_pipes()
    inbox: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(pages, inbox, results), daemon=True).start()
    orders = _start(inbox.get(), results)
    while True:
        _serve(orders.work, inbox.get(), results)


def _take_the_pipes() -> tuple[BinaryIO, int]:
    # Whatever the work prints or reads must not get into the frames.
    pages, results = os.fdopen(os.dup(0), "rb"), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return pages, results


def _receive(pages: BinaryIO, inbox: SimpleQueue[bytes], results: int) -> None:
    try:
        while len(header := pages.read(HEADER.size)) == HEADER.size:
            inbox.put(pages.read(HEADER.unpack(header)[1]))
    except MemoryError:
        _die_of_memory(results)
    os._exit(0)  # the parent closed the pipe or died


def _start(message: bytes, results: int) -> Orders:
    try:
        orders: Orders = pickle.loads(message)  # noqa: S301 - the parent wrote it
        if orders.warm_up is not None:
            orders.warm_up()
        _limit_memory(orders.memory_bytes)
    except Exception:  # noqa: BLE001 - the parent raises it for the user to see
        _send(results, Kind.BROKEN, traceback.format_exc().encode(errors="replace"))
        os._exit(1)
    _send(results, Kind.READY)
    return orders


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    # RLIMIT_DATA counts what is written to; RLIMIT_AS also address space that malloc only reserves.
    statm = Path("/proc/self/statm")
    pages_in_use = int(statm.read_text().split()[5]) if statm.exists() else 0
    limit = pages_in_use * resource.getpagesize() + memory_bytes
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # hostile pages must not fill the disk


def _serve(work: Callable[[Any], Any], message: bytes, results: int) -> None:
    _send(results, Kind.STARTED)
    try:
        try:
            answer = Kind.RESULT, pickle.dumps(work(pickle.loads(message)))  # noqa: S301 - as above
        except Exception as error:  # whatever it is goes to the caller
            if _is_out_of_memory(error):
                raise MemoryError from error
            answer = Kind.RAISED, _pickled(error)
        _send(results, *answer)
    except MemoryError:
        _die_of_memory(results)


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    from_lxml = type(error).__module__.startswith("lxml.")
    return from_lxml and getattr(error, "code", None) == _XML_ERR_NO_MEMORY


def _die_of_memory(results: int) -> NoReturn:
    # After a failed allocation libxml2 and others cannot be trusted with another page.
    _send(results, Kind.MEMORY)
    os.kill(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _pickled(error: Exception) -> bytes:
    trace = "".join(traceback.format_exception(error))
    try:
        message = pickle.dumps((error, trace))
        pickle.loads(message)  # noqa: S301 - own bytes; many exceptions pickle but do not come back
    except Exception:  # noqa: BLE001 - then the caller gets its text
        text = traceback.format_exception_only(error)[-1].strip()
        message = pickle.dumps((RuntimeError(text), trace))
    return message


def _send(results: int, kind: Kind, payload: bytes = b"") -> None:
    frame = memoryview(HEADER.pack(kind, len(payload)) + payload)
    try:
        while frame:
            frame = frame[os.write(results, frame) :]
    except BrokenPipeError:
        os._exit(0)  # the parent has gone
