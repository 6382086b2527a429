"""Answers that go wrong in the ways in which real servers do."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from threading import Event

    from tests.web.answers import Answer
    from tests.web.server import Handler

Fault = Literal["reset", "silence", "close", "stall", "truncate", "garbage", "endless-headers"]

_PROMISED_BYTES = 100_000
_START = b"<!DOCTYPE html><title>Half</title><p>The first half of a page that"
_ENDLESS_HEADER_BYTES = 4_000_000


def fault(kind: Fault, closing: Event) -> Answer:
    """The answer that does `kind`; one that waits, waits until `closing` is set.

    reset: a TCP reset in place of an answer.
    silence: the connection stays open and nothing comes.
    close: the connection is closed and nothing came.
    stall: a header and some of the body, and then nothing.
    truncate: Content-Length promises more than comes before the connection is closed.
    garbage: bytes that are not HTTP.
    endless-headers: some megabytes of header fields.
    """

    def answer(handler: Handler) -> None:
        handler.close_connection = True
        if kind == "reset":
            _reset(handler)
        elif kind in ("stall", "truncate"):
            _begin(handler)
        elif kind == "garbage":
            handler.wfile.write(b"\x00\xff this is not HTTP\r\n\r\n")
        elif kind == "endless-headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            handler.wfile.write(b"X-More: and more\r\n" * (_ENDLESS_HEADER_BYTES // 18))
        if kind in ("silence", "stall"):
            closing.wait()

    return answer


def _begin(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Content-Length", str(_PROMISED_BYTES))
    handler.end_headers()
    handler.wfile.write(_START)


def _reset(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Past the socket's own bookkeeping, which would first say goodbye with a FIN.
    socket.close(handler.connection.detach())
