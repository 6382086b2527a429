"""Scrapy's HTTP/1.1 client, as lenient as browsers are, with limits on what an answer may cost.

One line that somebody has pasted into a server's configuration must not cost the whole site: what
cannot be read is passed over, and the rest holds.

Twisted bounds a line, a chunk's size line and the trailers, but not how many lines, 1xx answers or
chunks may come: an endless head fills the memory for as long as the time-out lets
it, and Scrapy's DOWNLOAD_MAXSIZE sees only the bodies. And it reads 64 KiB of each connection in
one turn of the event loop, which is 10,000 chunks or header fields from whoever sends small ones.

This is the one module that uses Twisted's inside (`twisted.web._newclient`, where parser and
protocol of its client are): there is no public way to another parser, or to end an answer with an
error of one's own. What it needs is listed, and tried, by tests/test_private_api.py.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, ResponseDataLossError
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, ParseError, RequestNotSent
from twisted.web.http import PotentialDataLoss, _DataLoss

from crawler.downloader.chunks import LenientChunks
from crawler.downloader.content_coding import DECODABLE
from crawler.downloader.exceptions import AnswerTooLargeError
from crawler.downloader.scrapy_internals import (
    LenientClient,
    LenientClientFactory,
    LenientParser,
    OwnClientHandler,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse


UNSENT: Final[type[Exception]] = RequestNotSent
"""What a request ends with whose connection is not ready for it; it has no public name."""

MAX_HEAD_BYTES: Final = 256 * 1024  # what Chromium takes

# As Chromium: no version is 1.0, no status is 200, and there may be blanks in between.
_STATUS_LINE: Final = re.compile(
    rb"[ \t]*(?:HTTP/?(?P<version>[\d.]*)|ICY)(?:[ \t]+(?P<code>\d+))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_VERSION: Final = re.compile(rb"\d{1,2}\.\d{1,2}")
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_LENGTH: Final = re.compile(rb"\d{1,18}")
_STATUS_DIGITS: Final = 3
_BLANKS: Final = (b" ", b"\t")


class _Chunks(LenientChunks):
    """The decoder as Twisted calls it."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Decode some bytes."""
        self.feed(data)

    def noMoreData(self) -> None:  # noqa: N802 - Twisted's name
        """See whether all is there, now that the connection has ended.

        Raises:
            PotentialDataLoss: nobody can know.
            _DataLoss: it is not.
        """
        if self.is_whole is None:
            raise PotentialDataLoss
        if not self.is_whole:
            raise _DataLoss("the chunks break off")


class BrowserLikeParser(LenientParser):
    """Scrapy's parser, which only passes over lines without a colon, made more lenient.

    It has no state of its own: the class of a parser that Twisted has made is set to it.
    """

    MAX_LENGTH = MAX_HEAD_BYTES  # of a line; all of them together are counted elsewhere
    _transferDecoders = {b"chunked": _Chunks}  # type: ignore[dict-item]  # noqa: RUF012, N815 - Twisted's name

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a line of the head."""
        is_first = self.state == STATUS
        is_empty_start = is_first and not line.strip()  # left over from the answer before
        continues_nothing = (
            self.state == HEADER and self._partialHeader is None and line[:1] in _BLANKS
        )
        if not (is_empty_start or continues_nothing):
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802, ARG002 - Twisted's
        """Refuse the answer.

        Raises:
            AnswerTooLargeError: always.
        """
        raise AnswerTooLargeError(f"its header is larger than {MAX_HEAD_BYTES} bytes")

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take the status line.

        Raises:
            ParseError: it is none.
        """
        found = _STATUS_LINE.fullmatch(status)
        if found is not None:
            version, code, rest = found["version"] or b"", found["code"], found["rest"]
            version = version if _VERSION.fullmatch(version) else b"1.0"
            if code is None and not re.search(rb"\d", rest):
                code = b"200"
            if code is None or len(code) != _STATUS_DIGITS:
                raise ParseError("no status code", status)  # type: ignore[no-untyped-call]
            status = b"HTTP/%s %s %s" % (version, code, rest.strip())
        super().statusReceived(status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a field whose name is one; pass over any other."""
        name = name.strip()
        if _TOKEN.fullmatch(name) is None:
            return
        if name.lower() == b"connection" and b"close" in _tokens([value]):
            value = b"close"  # in this spelling Twisted knows it
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def isConnectionControlHeader(self, name: bytes) -> bool:  # noqa: N802 - Twisted's name
        """Whether a field is about the connection; one that tells a proxy is to be seen."""
        return name != b"proxy-connection" and bool(
            super().isConnectionControlHeader(name)  # type: ignore[no-untyped-call]
        )

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        """Find out how the body is framed."""
        fields = self.connHeaders
        if (transfer := fields.getRawHeaders(b"transfer-encoding")) is not None:
            codings = _tokens(transfer)
            fields.removeHeader(b"transfer-encoding")
            if b"chunked" in codings:
                fields.setRawHeaders(b"transfer-encoding", [b"chunked"])
            for coding in codings:
                if coding.decode("latin-1") in DECODABLE:  # nobody has asked for it on the way
                    self.headers.addRawHeader(b"content-encoding", coding)
        if (lengths := fields.getRawHeaders(b"content-length")) is not None:
            known = {int(length) for length in _tokens(lengths) if _LENGTH.fullmatch(length)}
            if not known:  # the end of the connection is that of the body
                fields.removeHeader(b"content-length")
            elif len(known) == 1:
                fields.setRawHeaders(b"content-length", [b"%d" % known.pop()])
        super().allHeadersReceived()  # type: ignore[no-untyped-call]


def _tokens(values: Iterable[bytes]) -> list[bytes]:
    """Return the members of a field that is a list, in lower case, without their parameters."""
    members = b",".join(values).split(b",")
    return [name for member in members if (name := member.partition(b";")[0].strip().lower())]


_MAX_HEAD_LINES: Final = 1_000  # the largest real ones have some hundred
_READ_BYTES: Final = 8 * 1024  # of a connection in one turn of the event loop
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_FRAMING_BYTES: Final = 1024 * 1024  # chunk sizes and extensions, on top of a body of full size


class BoundedClientProtocol(LenientClient):
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


class BoundedClientFactory(LenientClientFactory):
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


SPENT: Final = "crawler_download_seconds"
"""Meta key of the time that downloads took; goes along with redirects and retries."""

_TIMEOUTS: Final = 4  # the time of a request with its redirects and retries, in DOWNLOAD_TIMEOUTs


class BoundedDownloadHandler(OwnClientHandler):
    """Scrapy's HTTP/1.1 handler that bounds heads, framing, and the time of redirect chains.

    DOWNLOAD_TIMEOUT bounds each download from its start to its last byte; here four times that
    bounds the downloads of a request and of what it is redirected to or retried as.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stats = crawler.stats
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    def client_factory(self, max_body: int) -> type[LenientClientFactory]:
        """Return the one whose connections are bounded."""
        return bounded_factory(max_body)

    async def download_request(self, request: Request) -> Response:
        """Download an answer.

        Raises:
            AnswerTooLargeError: its head or its framing has no end.
            DownloadTimeoutError: it took too long, or the chain of redirects did.
        """
        timeout = request.meta.get("download_timeout") or self._timeout
        spent = request.meta.get(SPENT, 0.0)
        left = _TIMEOUTS * self._timeout - spent
        if left <= 0:
            raise DownloadTimeoutError(f"{request.url}: redirects and retries took {spent:.0f} s")
        request.meta["download_timeout"] = min(timeout, left)
        started = time.monotonic()
        try:
            return await super().download_request(request)
        except (DownloadFailedError, ResponseDataLossError) as error:
            for reason in getattr(error.__cause__, "reasons", None) or ():
                if isinstance(reason.value, AnswerTooLargeError):
                    assert self._stats is not None
                    self._stats.inc_value("crawler/answers_cut_off")
                    raise reason.value from error
            raise
        finally:
            request.meta[SPENT] = spent + time.monotonic() - started
