"""The memory of a worker: each page has an allowance of its own, and a full worker ends.

A limit that is set once shrinks: what freed memory leaves in the heap counts as used, and after
some large pages a good one finds no room. So the limit moves with each page. It may not move by
more than an allowance, or else many pages could take together what none may take alone. (After some
hundred real pages the heap has grown by 48 MiB, which stays.)
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

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
