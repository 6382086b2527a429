"""Scrapy's HTTP/1.1 client with limits on the head, the framing and the size of an answer.

Twisted bounds a line, a chunk's size line and the trailers, but not how many lines, 1xx answers or
chunks may come: an endless head fills the memory for as long as the time-out lets
it, and Scrapy's DOWNLOAD_MAXSIZE sees only the bodies. And it reads 64 KiB of each connection in
one turn of the event loop, which is 10,000 chunks or header fields from whoever sends small ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from crawler.fetch.answers.client_parser import MAX_HEAD_BYTES, BrowserLikeParser
from crawler.fetch.answers.errors import AnswerTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

_MAX_HEAD_LINES: Final = 1_000  # the largest real ones have some hundred
_READ_BYTES: Final = 8 * 1024  # of a connection in one turn of the event loop
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_FRAMING_BYTES: Final = 1024 * 1024  # chunk sizes and extensions, on top of a body of full size


class BoundedClientProtocol(_LenientHTTP11ClientProtocol):
    """One connection, which is aborted when an answer exceeds its bounds."""

    def __init__(self, quiescent: Callable[[Any], None], max_body: int) -> None:
        super().__init__(self._keep)  # type: ignore[no-untyped-call]
        self._quiescent = quiescent
        self._most = MAX_HEAD_BYTES + max_body + _FRAMING_BYTES if max_body else 0
        self._head_bytes = self._head_lines = self._all_bytes = 0

    def makeConnection(self, transport: Any) -> None:  # noqa: N802 - Twisted's name
        """Begin, with small reads, so that many hostile servers at once do not block the crawl."""
        super().makeConnection(transport)  # type: ignore[no-untyped-call]
        while hasattr(transport, "wrappedProtocol"):  # TLS, which takes its bytes from another one
            transport = transport.transport
        transport.bufferSize = _READ_BYTES

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        """Send a request; its answer is counted from zero."""
        self._head_bytes = self._head_lines = self._all_bytes = 0
        answer = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = BrowserLikeParser
        return answer

    def _keep(self, protocol: BoundedClientProtocol) -> None:
        """Have the connection used again, unless it is being closed.

        A download that is stopped at its headers closes it, also where the whole answer is there
        already. A request that is written to it all the same reaches the site, which answers to
        nobody, and is made again: the site would be asked twice at once.
        """
        if not self._is_closing:
            self._quiescent(protocol)

    @property
    def state(self) -> str:
        """The state, by which the pool chooses connections: one that is being closed has ended."""
        return "CONNECTION_LOST" if self._is_closing else str(self._state)

    @property
    def _is_closing(self) -> bool:
        return bool(getattr(self.transport, "disconnecting", False))

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take bytes of the answer, up to the bounds."""
        if self._parser is not None and self._parser.state in {STATUS, HEADER}:
            self._head_lines += _HEAD_END.split(data, 1)[0].count(b"\n")
            if self._head_lines > _MAX_HEAD_LINES:
                self._refuse(f"its header has more than {_MAX_HEAD_LINES} lines")
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None:  # the answer is complete, or has failed
            return
        self._all_bytes += len(data)
        if self._parser.state in {STATUS, HEADER}:
            self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(f"its header is larger than {MAX_HEAD_BYTES} bytes")
        elif self._most and self._all_bytes > self._most:
            self._refuse("larger than DOWNLOAD_MAXSIZE with its chunk framing")

    def _refuse(self, why: str) -> None:
        assert self.transport is not None
        self.transport.abortConnection()
        self._disconnectParser(Failure(AnswerTooLargeError(why)))  # type: ignore[no-untyped-call]


class BoundedClientFactory(_LenientHTTP11ClientFactory):
    """Builds `BoundedClientProtocol`; `max_body` is in bytes, 0 for no limit."""

    max_body: int = 0

    def buildProtocol(  # noqa: N802 - Twisted's name
        self,
        addr: IAddress | None,  # noqa: ARG002 - Twisted's signature
    ) -> BoundedClientProtocol:
        """Make the protocol of a new connection."""
        return BoundedClientProtocol(self._quiescentCallback, self.max_body)


def bounded_factory(max_body: int) -> type[BoundedClientFactory]:
    """Return the factory class for a connection pool, which makes instances of it by itself."""
    return type("BoundedClientFactory", (BoundedClientFactory,), {"max_body": max_body})
