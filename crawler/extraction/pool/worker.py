"""A worker process: reads jobs, answers them, and keeps each page's allowance of memory.

A limit that is set once shrinks: what freed memory leaves in the heap counts as used, and after
some large pages a good one finds no room. So the limit moves with each page. It may not move by
more than an allowance, or else many pages could take together what none may take alone. (After some
hundred real pages the heap has grown by 48 MiB, which stays.)

Both pipes carry frames: a header of one byte (`Kind`) and a length in bytes, then the message.
What comes in is pickled by the parent; the first frame is the `Orders`. What goes out may have been
made by a page that took the worker over, so it is MessagePack, which the parent reads as the type
that it expects and nothing else. A thread reads ahead, so that the next page is already here when
one is done, and so that the worker ends as soon as the parent has gone.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import struct
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


_STATM: Final = Path("/proc/self/statm")
_DATA: Final = 5  # the field of statm with the pages that may be written to
_LONGEST_LINE: Final = 200
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class PageMemory:
    """Limits what pages may take, by RLIMIT_DATA; made when the worker is ready for the first.

    RLIMIT_DATA counts what is written to, RLIMIT_AS also address space that malloc only reserves.
    """

    def __init__(self, allowance: int) -> None:
        """Take what is in use now for what the worker itself needs.

        Args:
            allowance: bytes that a page may take on top of what is in use when it begins.
        """
        self._allowance = allowance
        self._statm = os.open(_STATM, os.O_RDONLY | os.O_CLOEXEC) if _STATM.exists() else None
        self._first = self._in_use()
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
        _leave_no_core()
        self.begin_page()

    def begin_page(self, *, times: int = 1) -> None:
        """Have the limit leave room for one page, or for `times` as much."""
        _limit_data(self._in_use() + times * self._allowance)

    def is_full(self) -> bool:
        """Whether the heap has grown by so much that a fresh worker should follow."""
        if self._growth() <= self._allowance:
            return False
        gc.collect()
        if self._trim is not None:
            self._trim(0)
        return self._growth() > self._allowance

    def _growth(self) -> int:
        return self._in_use() - self._first

    def _in_use(self) -> int:
        if self._statm is None:
            return 0
        return int(os.pread(self._statm, _LONGEST_LINE, 0).split()[_DATA]) * _PAGE_BYTES


def _limit_data(limit: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _leave_no_core() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # hostile pages must not fill the disk


HEADER = struct.Struct("!BQ")
SECONDS = struct.Struct("!d")

_PR_SET_PDEATHSIG = 1  # prctl(2)
_NICENESS = 5  # the parent's event loop goes first: it feeds the workers
_XML_ERR_NO_MEMORY = 2  # libxml2's xmlParserErrors; lxml passes it on as `code`
_LONGEST_MESSAGE = 2_000  # characters of an error
_LONGEST_TRACE = 20_000
_ENCODE = msgspec.msgpack.Encoder().encode


class Kind(IntEnum):
    """What a frame says.

    Attributes:
        STARTED: a page is begun; with the processor's seconds of the worker by then.
        WORN: the worker's heap is full, and a fresh one should follow.
    """

    ORDERS = 1
    PAGE = 2
    READY = 3
    STARTED = 4
    RESULT = 5
    RAISED = 6
    MEMORY = 7
    WORN = 8


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker does; the functions are top-level ones, since they are pickled by name.

    Attributes:
        work: called with each page.
        warm_up: called once, before the first page.
        memory_bytes: what a page may use on top of what the worker has in use when it begins.
    """

    work: Callable[[Any], Any]
    warm_up: Callable[[], object] | None
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Raised:
    """An error of the work, in words: the name of its class, what it says, its traceback."""

    kind: str
    message: str
    trace: str


def main(errors: int) -> NoReturn:
    """Serve pages from standard input to standard output until the parent ends this process.

    Args:
        errors: an open file that becomes standard error once the worker is ready.
    """
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
    orders, memory = _start(inbox.get(), results, errors)
    while True:
        _serve(orders.work, memory, inbox.get(), results)


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


def _start(message: bytes, results: int, errors: int) -> tuple[Orders, PageMemory]:
    try:
        orders: Orders = pickle.loads(message)  # noqa: S301 - the parent wrote it
        if orders.warm_up is not None:
            orders.warm_up()
        memory = PageMemory(orders.memory_bytes)
    except Exception:  # noqa: BLE001 - the parent tells the last lines
        traceback.print_exc()
        os._exit(1)
    os.dup2(errors, 2)
    os.close(errors)
    _send(results, Kind.READY)
    return orders, memory


def _serve(work: Callable[[Any], Any], memory: PageMemory, message: bytes, results: int) -> None:
    _send(results, Kind.STARTED, SECONDS.pack(time.process_time()))
    try:
        memory.begin_page()
        _send(results, *_answer(work, memory, message))
        del message
        if memory.is_full():
            _send(results, Kind.WORN)
    except MemoryError:
        _die_of_memory(results)


def _answer(work: Callable[[Any], Any], memory: PageMemory, message: bytes) -> tuple[Kind, bytes]:
    """Return what the work makes of a page.

    Raises:
        MemoryError: it needs more than it may have.
    """
    answer = _try(work, message)
    if isinstance(answer, bytes):
        return Kind.RESULT, answer
    # Libraries turn a failed allocation into errors of every kind. What is no such thing happens
    # with more memory as well.
    memory.begin_page(times=2)
    again = _try(work, message)
    if isinstance(again, bytes) or again.kind != answer.kind:
        raise MemoryError
    return Kind.RAISED, _ENCODE(answer)


def _try(work: Callable[[Any], Any], message: bytes) -> bytes | Raised:
    try:
        return _ENCODE(work(pickle.loads(message)))  # noqa: S301 - the parent wrote it
    except Exception as error:  # whatever it is goes to the caller
        if _is_out_of_memory(error):
            raise MemoryError from error
        return Raised(
            type(error).__qualname__,
            _text(str(error), _LONGEST_MESSAGE),
            _text("".join(traceback.format_exception(error)), _LONGEST_TRACE),
        )


def _text(text: str, most: int) -> str:
    """Return the end of a text, without what MessagePack cannot hold."""
    return text[-most:].encode(errors="replace").decode()


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


def _send(results: int, kind: Kind, payload: bytes = b"") -> None:
    frame = memoryview(HEADER.pack(kind, len(payload)) + payload)
    try:
        while frame:
            frame = frame[os.write(results, frame) :]
    except BrokenPipeError:
        os._exit(0)  # the parent has gone
