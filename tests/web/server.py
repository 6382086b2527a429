"""One port of loopback that speaks http, https and forward proxy (with CONNECT)."""

from __future__ import annotations

import socket
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import TYPE_CHECKING

from tests.web.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.web.answers import Answer
    from tests.web.certificates import Authority

_TLS_HANDSHAKE = b"\x16"  # the first byte of a TLS record that carries one (RFC 8446, 5.1)
_IDLE_SECONDS = 30.0


class Server(ThreadingHTTPServer):
    """Finds the answer to each request by `answer_to`; closes every connection when closed."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(
        self, authority: Authority, answer_to: Callable[[Request], Answer], address: str
    ) -> None:
        self.authority = authority
        self.answer_to = answer_to
        self.closing = Event()
        self._lock = Lock()
        self.tunnels: dict[str, bytes] = {}
        self._open: set[socket.socket] = set()
        super().__init__((address, 0), Handler)
        self.netloc = f"{address}:{self.server_port}"
        self.address = address

    def follow(self, connection: socket.socket) -> None:
        """Remember a connection that `close` has to end."""
        with self._lock:
            self._open.add(connection)
        if self.closing.is_set():
            _end(connection)

    def unfollow(self, connection: socket.socket) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._open.discard(connection)

    def close(self) -> None:
        """Stop, end the connections that are open, and wait for their threads."""
        self.closing.set()
        self.shutdown()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            _end(connection)
        self.server_close()

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Show the errors of answers, but not that a client has gone away."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, plain or TLS, as an answer meets it."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    current: Request | None = None

    def send(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Write a whole answer; the Content-Length is the body's unless the headers say else."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED and "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        # Before the last byte goes, so that a client that has the answer finds the time noted.
        if self.current is not None:
            self.current.ended = time.monotonic()
        self.end_headers()
        if self.command != "HEAD" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(body)

    def handle(self) -> None:
        self._base = f"http://{self.server.netloc}"
        self.server.follow(self.connection)
        if self.connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
            self._start_tls(self.server.address)
            self._base = f"https://{self.server.netloc}"
        super().handle()

    def finish(self) -> None:
        super().finish()
        self.server.unfollow(self.connection)
        self.connection.close()

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0].strip("[]")
        if refusal := self.server.tunnels.get(host) or self.server.tunnels.get("*"):
            self.close_connection = True
            self.wfile.write(refusal)
            return
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self._start_tls(host)
        self._base = f"https://{self.path.removesuffix(':443')}"
        self.close_connection = False

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        url = self._base + self.path if self.path.startswith("/") else self.path
        body = self.rfile.read(length)
        self.current = Request(self.command, url, self.headers, time.monotonic(), body)
        try:
            self.server.answer_to(self.current)(self)
        finally:
            self.current.ended = self.current.ended or time.monotonic()

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815  # http.server looks for these names

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        if self.current is not None:
            self.current.status = code

    def log_message(self, *_: object) -> None:
        """Say nothing; the requests are there to be asked."""

    def _start_tls(self, host: str) -> None:
        plain = self.connection
        self.rfile.close()
        context = self.server.authority.context(host)
        secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.unfollow(plain)
        self.server.follow(secure)
        self.request = secure
        self.setup()
        secure.do_handshake()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        connection.shutdown(socket.SHUT_RDWR)
