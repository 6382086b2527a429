"""The connections to the watch's server: few at a time, and none for long.

Who has no token may connect as well. What they hold open must not take the descriptors that runs
need, nor keep out who has one.
"""

from __future__ import annotations

import asyncio
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler

MOST_CONNECTIONS: Final = 64
_HEAD_SECONDS: Final = 10.0  # for the head of the request
_HEAD_BYTES: Final = 64 * 1024
_END_OF_HEAD: Final = re.compile(rb"[^\r\n]\r\n\r\n")  # empty lines before it do not count
_SECONDS: Final = 60.0  # for all


class Visitors:
    """The connections that are open."""

    def __init__(self) -> None:
        self._open: dict[asyncio.BaseTransport, _Visitor] = {}  # the first that came first

    def protocol(self, server: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Return the protocol for a new connection, around the server's own."""
        return _Visitor(server(), self)

    def came(self, transport: asyncio.Transport, visitor: _Visitor) -> None:
        """Take a connection in; where there are too many, one that has asked for nothing goes."""
        if len(self._open) >= MOST_CONNECTIONS:
            idle = (one for one in self._open.values() if not one.has_asked)
            next(idle, visitor).abort()
        if not transport.is_closing():
            self._open[transport] = visitor

    def went(self, transport: asyncio.BaseTransport | None) -> None:
        """Forget a connection."""
        if transport is not None:
            self._open.pop(transport, None)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note that a request has come, the only one of its connection."""
        if request.transport is not None and request.transport in self._open:
            self._open[request.transport].has_asked = True
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.force_close()
            raise
        response.force_close()
        return response


class _Visitor(asyncio.Protocol):
    """One connection; what is allowed goes on to the server's protocol."""

    def __init__(self, server: asyncio.Protocol, visitors: Visitors) -> None:
        self._server = server
        self._visitors = visitors
        self._transport: asyncio.Transport | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._head: bytearray | None = bytearray()  # None: all of it has come
        self.has_asked = False

    def abort(self) -> None:
        """End the connection now."""
        self._visitors.went(self._transport)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._server.connection_made(transport)
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(_HEAD_SECONDS, self._end_of_head))
        self._timers.append(loop.call_later(_SECONDS, self.abort))
        self._visitors.came(self._transport, self)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            # A body may come along with its head, before the server has seen either.
            had = len(self._head)
            self._head += data[: _HEAD_BYTES + 1 - had]
            if _END_OF_HEAD.search(self._head, max(0, had - 4)):
                self._head = None
            elif len(self._head) > _HEAD_BYTES:
                self.abort()
                return
        self._server.data_received(data)

    def eof_received(self) -> bool | None:
        return self._server.eof_received()

    def pause_writing(self) -> None:
        self._server.pause_writing()

    def resume_writing(self) -> None:
        self._server.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        self._visitors.went(self._transport)
        self._server.connection_lost(exc)

    def _end_of_head(self) -> None:
        if not self.has_asked:
            self.abort()


def own_names_only(names: frozenset[str]) -> Any:
    """Return a middleware that answers only where the server is called by a name of its own.

    A page in a browser of the same network can have its own name resolve to the server's address
    (DNS rebinding), and would then be of the server's origin. It cannot have an address or a name
    without a dot, which no stranger can register.

    Args:
        names: further names, in lower case.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = _host(request.headers.getall("Host", []))
        if host is None or not (_is_nobodys(host) or host in names):
            reason = "this is not a name of the server; CRAWLER_WATCH_HOSTS can allow it"
            return web.json_response({"error": reason}, status=421)
        return await handler(request)

    return check


def _host(fields: list[str]) -> str | None:
    """Return the host of the only Host field, without its port; None: there is none."""
    if len(fields) != 1:
        return None
    name, _, port = fields[0].strip().lower().rpartition(":")
    if not name or "]" in port:
        name, port = fields[0].strip().lower(), ""
    if port and not (port.isascii() and port.isdigit()):
        return None
    return name.removesuffix(".") or None


def _is_nobodys(host: str) -> bool:
    if not {".", ":"} & set(host) or host.endswith(".localhost"):
        return True
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
