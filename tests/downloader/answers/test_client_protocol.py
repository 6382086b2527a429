from __future__ import annotations

import pytest
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers

from crawler.downloader.exceptions import AnswerTooLargeError
from crawler.downloader.http11 import BoundedClientProtocol

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def transport() -> StringTransport:
    return StringTransport()


@pytest.fixture
def protocol() -> BoundedClientProtocol:
    return BoundedClientProtocol(lambda _: None, 4_000_000)


def outcome_of(protocol: BoundedClientProtocol, *pieces: bytes) -> list[object]:
    """What a request that has these bytes for an answer comes to; empty: nothing yet."""
    outcome: list[object] = []
    headers = Headers({"Host": ["site.example"]})
    protocol.request(Request(b"GET", b"/", headers, None)).addBoth(outcome.append)
    for piece in pieces:
        protocol.dataReceived(piece)
    return outcome


def test_one_turn_of_the_event_loop_reads_little(
    transport: StringTransport, protocol: BoundedClientProtocol
) -> None:
    protocol.makeConnection(transport)

    assert transport.bufferSize == 8 * 1024


def test_below_tls_too(transport: StringTransport, protocol: BoundedClientProtocol) -> None:
    tls = ProtocolWrapper(WrappingFactory(Factory.forProtocol(Protocol)), protocol)
    tls.makeConnection(transport)

    assert transport.bufferSize == 8 * 1024


@pytest.mark.parametrize("lines_in_a_piece", [1, 100, 2_000])
def test_a_header_of_too_many_lines_is_cut_off(
    transport: StringTransport, protocol: BoundedClientProtocol, lines_in_a_piece: int
) -> None:
    protocol.makeConnection(transport)
    pieces = [b"a:b\r\n" * lines_in_a_piece] * (2_000 // lines_in_a_piece)

    (failure,) = outcome_of(protocol, HEAD, *pieces)

    assert isinstance(failure, Failure)
    assert "1000 lines" in str([reason.value for reason in failure.value.reasons])
    assert failure.value.reasons[0].check(AnswerTooLargeError)
    assert transport.disconnecting or transport.disconnected


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_the_lines_of_a_body_are_none_of_its_header(
    transport: StringTransport, protocol: BoundedClientProtocol, end: bytes
) -> None:
    protocol.makeConnection(transport)
    head = HEAD.replace(b"\r\n", end) + b"a:b" + end

    (response,) = outcome_of(protocol, head + end + b"x\n" * 4_000, b"x\n" * 4_000)

    assert response.code == 200
