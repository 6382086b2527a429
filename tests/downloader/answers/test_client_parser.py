"""Heads and framings as servers send them, and what browsers take them for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import Request, ResponseDone, ResponseFailed
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers

from crawler.downloader.exceptions import AnswerTooLargeError
from crawler.downloader.http11 import BoundedClientProtocol

if TYPE_CHECKING:
    from twisted.web.iweb import IResponse

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
every_piece = pytest.mark.parametrize("size", [1, 7, 1_000_000])


class Read(Protocol):
    def __init__(self) -> None:
        self.body, self.reason = b"", None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.body += data

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802
        self.reason = reason


class Transport(StringTransport):
    def abortConnection(self) -> None:  # noqa: N802
        self.disconnecting = True


def answer_to(raw: bytes, size: int) -> tuple[IResponse | Failure, Read]:
    """What a request comes to that is answered so, in pieces, until the connection is closed."""
    protocol, read, outcome = BoundedClientProtocol(lambda _: None, 4_000_000), Read(), []
    protocol.makeConnection(Transport())

    def came(response: IResponse) -> None:
        outcome.append(response)
        if response.length:
            response.deliverBody(read)

    request = Request(b"GET", b"/", Headers({"Host": ["site.example"]}), None)
    protocol.request(request).addCallbacks(came, outcome.append)
    for start in range(0, len(raw), size):
        protocol.dataReceived(raw[start : start + size])
    protocol.connectionLost(Failure(ConnectionDone()))
    return outcome[0], read


@every_piece
@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200", 200),
        (b"HTTP/1.1  404  Not Found", 404),
        (b"HTTP/1.1 200OK", 200),
        (b"HTTP/1.1 OK", 200),
        (b"HTTP/1.1", 200),
        (b"HTTP/1 200 OK", 200),
        (b"HTTP 503 No", 503),
        (b"http/1.0 200 ok", 200),
        (b"HTTP/2.0 200 ", 200),
        (b"ICY 200 OK", 200),
        (b"\r\n\r\nHTTP/1.1 200 OK", 200),
        (b"HTTP/1.1 999 Request denied", 999),
        (b"HTTP/1.1 200 \xfcber\xff", 200),
        (b"HTTP/1.1 099 ?", 99),
    ],
)
def test_a_status_line_is_read_as_browsers_do(line: bytes, status: int, size: int) -> None:
    response, read = answer_to(line + b"\r\nX: y\r\n\r\nbody", size)
    assert response.code == status
    assert read.body == b"body"


@every_piece
@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 2000 OK", b"HTTP/1.1 20 OK", b"nonsense", b"HTTP/1.1 x 20", b"\x00\xff"]
)
def test_a_line_that_gives_no_status_is_none(line: bytes, size: int) -> None:
    response, _ = answer_to(line + b"\r\n\r\nbody", size)
    assert isinstance(response, Failure)
    assert response.check(ResponseFailed)


@every_piece
@pytest.mark.parametrize(
    "line",
    [
        "\u2018Access-Control-Allow-Origin\u2019: *".encode(),
        "X-\u041a\u043b\u044e\u0447: x".encode(),
        b"X City: y",
        b"X\x00Y: z",
        b"(comment): x",
        b": no name",
        b"no colon",
        b"M\xfcnchen: x",
        b"X-City: M\xfcnchen\x00\xff",
    ],
)
def test_a_field_that_cannot_be_read_costs_no_other(line: bytes, size: int) -> None:
    raw = OK + b"A: 1\r\n" + line + b"\r\nB : 2\r\n\r\nbody"
    response, read = answer_to(raw, size)
    assert response.headers.getRawHeaders(b"a") == [b"1"]
    assert response.headers.getRawHeaders(b"b") == [b"2"]
    assert read.body == b"body"


@every_piece
def test_a_fold_of_nothing_is_passed_over(size: int) -> None:
    response, read = answer_to(OK + b"  x: y\r\nA: 1\r\n\r\nbody", size)
    assert list(response.headers.getAllRawHeaders()) == [(b"A", [b"1"])]
    assert read.body == b"body"


def test_a_line_may_be_as_long_as_the_head() -> None:
    line = b"Content-Security-Policy: " + b"x" * 200_000
    response, read = answer_to(OK + line + b"\r\nA: 1\r\n\r\nbody", 8_192)
    assert response.headers.getRawHeaders(b"a") == [b"1"]
    assert read.body == b"body"


@pytest.mark.parametrize("size", [8_192, 1_000_000])
def test_a_line_that_is_longer_is_too_large(size: int) -> None:
    response, _ = answer_to(OK + b"X: " + b"x" * 300_000 + b"\r\n\r\nbody", size)
    assert isinstance(response.value.reasons[0].value, AnswerTooLargeError)


@every_piece
@pytest.mark.parametrize(
    "fields",
    [
        b"Transfer-Encoding: identity\r\nContent-Length: 4",
        b"Transfer-Encoding: Identity",
        b"Transfer-Encoding:",
        b"Transfer-Encoding: none",
        b"Content-Length: 4, 4",
        b"Content-Length: 4\r\nContent-Length: 04",
        b"Content-Length: many",
        b"Content-Length: -1",
        b"Content-Length:",
        b"Content-Length: " + b"9" * 5_000,
        b"Connection: Keep-Alive, Close",
    ],
)
def test_a_body_that_is_no_chunks_comes_as_it_is(fields: bytes, size: int) -> None:
    _, read = answer_to(OK + fields + b"\r\n\r\nbody", size)
    assert read.body == b"body"
    assert read.reason.check(ResponseDone, PotentialDataLoss)


@every_piece
@pytest.mark.parametrize(
    "value", ["Chunked", "chunked, chunked", "identity, chunked", "chunked;x=y", "gzip, chunked"]
)
def test_chunks_are_known_by_every_spelling(value: str, size: int) -> None:
    head = OK + f"Transfer-Encoding: {value}\r\n\r\n".encode()
    response, read = answer_to(head + b"4\r\nbody\r\n0\r\n\r\n", size)
    assert read.body == b"body"
    coding = response.headers.getRawHeaders(b"content-encoding")
    assert coding == ([b"gzip"] if "gzip" in value else None)


@every_piece
@pytest.mark.parametrize(
    "chunks",
    [
        b"9\r\nbody body\r\n0\r\n\r\n",
        b"9   \r\nbody body\r\n0 \r\n\r\n",
        b"\t9\nbody body\n0\n\n",
        b"0x9\r\nbody body\r\n0\r\n\r\n",
        b"00000009\r\nbody body\r\n000\r\n\r\n",
        b'5;a="\xff\x00";b\r\nbody \r\n4 ; c\r\nbody\r\n0\r\nX: y\r\n\r\n',
        b"\r\n5\r\nbody \r\n\r\n4\r\nbody\r\n0\r\n\r\n",
        b"9\r\nbody body\r\n0\r\n",
        b"9;" + b"x" * 5_000 + b"\r\nbody body\r\n0\r\n\r\n",
        b"body body",
    ],
)
def test_chunks_are_read_as_leniently_as_by_browsers(chunks: bytes, size: int) -> None:
    _, read = answer_to(CHUNKED + chunks, size)
    assert read.body == b"body body"
    assert read.reason.check(ResponseDone, PotentialDataLoss)


@every_piece
@pytest.mark.parametrize(
    "chunks",
    [
        b"",
        b"9\r\nbody",
        b"9\r\nbody body",
        b"9\r\nbody body\r\n",
        b"4\r\nbodyX0\r\n\r\n",
        b"4\r\nbody\r\nzz\r\nbody\r\n0\r\n\r\n",
        b"4\r\nbody\r\n" + b"f" * 17 + b"\r\nx",
        b"4\r\nbody\r\n0\r\n" + b"X: y\r\n" * 20_000,
    ],
)
def test_chunks_that_break_off_or_make_no_sense_are_no_whole_body(chunks: bytes, size: int) -> None:
    _, read = answer_to(CHUNKED + chunks, max(size, len(chunks) // 1_000))
    assert read.reason.check(ResponseFailed)


@pytest.mark.parametrize("body", [b"", b"body"])
@pytest.mark.parametrize("is_closing", [True, False])
def test_a_connection_that_is_being_closed_is_not_used_again(
    body: bytes, *, is_closing: bool
) -> None:
    kept: list[BoundedClientProtocol] = []
    protocol, transport = BoundedClientProtocol(kept.append, 4_000_000), Transport()
    protocol.makeConnection(transport)

    def came(response: IResponse) -> None:
        if is_closing:  # as where a download is stopped at its headers
            transport.loseConnection()
        elif response.length:
            response.deliverBody(Read())

    request = Request(b"GET", b"/", Headers({"Host": ["site.example"]}), None, persistent=True)
    protocol.request(request).addCallback(came)
    protocol.dataReceived(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert [used for used in kept if used.state == "QUIESCENT"] == (
        [] if is_closing else [protocol]
    )
