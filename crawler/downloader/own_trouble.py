"""Faults of this machine and this process, which are never held against a site."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import socket
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Request

SHORTAGES: Final = {
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files",
    errno.ENOMEM: "out of memory",
    errno.ENOBUFS: "out of memory",
}
"""What system errors say that this machine is short of."""

_UNREACHABLE: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN})
_ANYWHERE: Final = (  # addresses for documentation; nothing is sent to them
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)
_BEAT: Final = 0.25  # seconds
NAP: Final = 2.0
"""Seconds without a beat that are no accident."""
OWN_TRIES: Final = "crawler_own_tries"
"""Meta key: when a request first failed for a reason of ours, and how often it was made again."""
_MOST_NAPS: Final = 2  # that excuse a failure; a machine that always starves would hide all of them
_NAPS_KEPT: Final = 100
_SHORTLY: Final = 60.0  # seconds


class OwnTroubleError(IgnoreRequest):
    """A request had no answer for a reason of our own, which the message says.

    Attributes:
        is_final: whether it was tried again, to no avail.
    """

    def __init__(self, reason: str) -> None:
        self.is_final = False
        super().__init__(reason)


class Pulse:
    """Notices when this process stood still: stopped, frozen, or starved; a Scrapy extension.

    Time-outs go on meanwhile, and servers give up on us.

    Attributes:
        last_answer: when any host last answered, by `time.monotonic`; -inf: none ever has.
    """

    def __init__(self) -> None:
        self.last_answer = -math.inf
        self._last: float | None = None
        self._naps: deque[tuple[float, float]] = deque(maxlen=_NAPS_KEPT)  # begin and end
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension."""
        pulse = cls()
        crawler.signals.connect(pulse.engine_started, signals.engine_started)
        crawler.signals.connect(pulse.engine_stopped, signals.engine_stopped)
        crawler.signals.connect(pulse.response_downloaded, signals.response_downloaded)
        return pulse

    def engine_started(self) -> None:
        """Begin to beat."""
        self._beat()

    def engine_stopped(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()

    def response_downloaded(self) -> None:
        """Note that there is a network."""
        self.last_answer = time.monotonic()

    def has_answered(self, since: float) -> bool:
        """Whether any host has answered since a moment of `time.monotonic`, or shortly before."""
        return self.last_answer > since - _SHORTLY

    def seconds_slept(self, since: float) -> float:
        """Return for how long the process stood still since a moment of `time.monotonic`."""
        naps = [*self._naps]
        if self._last is not None and (now := time.monotonic()) - self._last > NAP:
            naps.append((self._last, now))  # its end is noticed here first
        return sum(max(end - max(begin, since), 0.0) for begin, end in naps)

    def excuse(self, request: Request, started: float) -> str | None:
        """Say for how long the process stood still while a request was made; None: not for long."""
        _, tries = request.meta.get(OWN_TRIES, (started, 0))
        slept = self.seconds_slept(started)
        if slept <= NAP or tries >= _MOST_NAPS:
            return None
        return f"this process stood still for {slept:.0f} s"

    def _beat(self) -> None:
        now = time.monotonic()
        if self._last is not None and now - self._last > NAP:
            self._naps.append((self._last, now))
        self._last = now
        self._timer = asyncio.get_running_loop().call_later(_BEAT, self._beat)


def shortage(error: BaseException, *, may_be_offline: bool) -> str | None:
    """Say what this machine is short of, where that has made an error; None: of nothing.

    Args:
        may_be_offline: whether nothing speaks against there being no network at all.
    """
    for cause in _causes(error):
        if isinstance(cause, OwnTroubleError):
            return str(cause)
        if isinstance(cause, MemoryError):
            return "out of memory"
        number = _errno(cause)
        if number in SHORTAGES:
            return SHORTAGES[number]
        if may_be_offline and number in _UNREACHABLE and not has_route():
            return "this machine has no network"
    return None


def has_descriptors() -> bool:
    """Whether one more file can be opened."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return error.errno not in SHORTAGES
    return True


def has_route() -> bool:
    """Whether this machine knows a way to any public address; nothing is sent there."""
    for family, address in _ANYWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
        except OSError:
            continue
        return True
    return False


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, those that led to it, and those that Twisted keeps in it."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        left += [one.__cause__, one.__context__]
        left += [reason.value for reason in getattr(one, "reasons", None) or ()]


def _errno(error: BaseException) -> int:
    number = getattr(error, "errno", None) or getattr(error, "osError", None)  # that of Twisted's
    return number if isinstance(number, int) else 0
