"""The watch's HTTP server: the report, health, metrics, and `POST /items` for who has the key.

Who has no token may connect as well. What they hold open must not take the descriptors that runs
need, nor keep out who has one.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Self, cast

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from prometheus_client import CONTENT_TYPE_LATEST

from crawler.exceptions import ItemError
from crawler.items.create import add_item
from crawler.items.find import PlaceError, item_place
from crawler.options import OptionError
from crawler.watch.report_page import STATUS, ReportPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from aiohttp.typedefs import Handler

    from crawler.watch.watch import Watch


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


logger = logging.getLogger("crawler.watch")

_MOST_BYTES: Final = 1024 * 1024  # of a body
_BODY_SECONDS: Final = 30.0
_LINGERING_SECONDS: Final = 2.0  # in which what is left of a refused body is read
# The page's own policy is in it; that nobody may frame it can only be said here.
_OF_PAGE: Final = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    port: int
    host: str = "127.0.0.1"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "8080", "0.0.0.0:8080" or "[::]:8080"; port 0 is any that is free.

        Raises:
            OptionError: it is neither.
        """
        host, colon, port = text.rpartition(":")
        is_port = port.isascii() and port.isdigit() and int(port) <= _HIGHEST_PORT
        if not is_port or (colon and not host):
            raise OptionError(f"http: {text!r} is neither PORT nor HOST:PORT")
        return cls(int(port), host.strip("[]")) if colon else cls(int(port))


def _is_no_strangers_mistake(record: logging.LogRecord) -> bool:
    """Whether a line is to be logged: a request that is none has its answer, and no traceback."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, BadHttpMessage)


@asynccontextmanager
async def open_door(
    watch: Watch,
    folders: Sequence[Path],
    address: Address,
    token: str | None,
    *,
    names: frozenset[str] = frozenset(),
) -> AsyncIterator[None]:
    """Serve while the block is running.

    Args:
        folders: where items may be; new ones go into the first.
        token: the key for `POST /items`; None: nobody has it.
        names: host names that the server may be called by, besides those that nobody can register.

    Raises:
        OSError: the address cannot be listened on.
    """
    logging.getLogger("aiohttp.server").addFilter(_is_no_strangers_mistake)
    door = _Door(watch, folders, token)
    visitors = Visitors()
    middlewares = (visitors.middleware, own_names_only(names | {address.host}))
    app = web.Application(client_max_size=_MOST_BYTES, middlewares=middlewares)
    app.add_routes(
        [
            web.get("/", door.page),
            web.get(f"/{STATUS}", door.status),
            web.get("/favicon.ico", door.no_icon),  # browsers ask for one unasked
            web.get("/healthz", door.health),
            web.get("/metrics", door.metrics),
            web.post("/items", door.post_item),
        ]
    )
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=1.0,
        lingering_time=_LINGERING_SECONDS,
    )
    await runner.setup()
    server: asyncio.Server | None = None
    try:
        assert runner.server is not None
        server = await asyncio.get_running_loop().create_server(
            partial(visitors.protocol, runner.server),
            address.host,
            address.port,
            backlog=MOST_CONNECTIONS,
            reuse_address=True,
        )
        host, port = server.sockets[0].getsockname()[:2]
        facts = {"event": "listening", "host": host, "port": port}
        logger.info("listening on %s port %d", host, port, extra=facts)
        yield
    finally:
        if server is not None:
            server.close()
        await runner.cleanup()


class _Door:
    def __init__(self, watch: Watch, folders: Sequence[Path], token: str | None) -> None:
        self._watch = watch
        self._report = ReportPage(watch.options)
        self._folders = folders
        self._key = None if token is None else _digest(token)

    async def page(self, _: web.Request) -> web.Response:
        """Return the report."""
        page = await self._report.html()
        return web.Response(text=page, content_type="text/html", headers=_OF_PAGE)

    async def status(self, _: web.Request) -> web.Response:
        """Say how the run is that goes on, for the page."""
        status = self._report.status(self._watch.report.health)
        return web.json_response(status, headers=_OF_PAGE)

    async def no_icon(self, _: web.Request) -> web.Response:
        """Say that there is none, which is no error."""
        return web.Response(status=204)

    async def health(self, _: web.Request) -> web.Response:
        """Say how the watch is: 200, or 503 where the last run could not be done."""
        health = self._watch.report.health
        return web.json_response(health.as_json(), status=200 if health.is_good else 503)

    async def metrics(self, _: web.Request) -> web.Response:
        """Return the metrics in Prometheus' text format."""
        text = self._watch.report.metrics.text()
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def post_item(self, request: web.Request) -> web.Response:
        """Have an item crawled that is there, or that the body brings."""
        status, answer = await self._answer(request)
        self._watch.report.metrics.posts.labels(status).inc()
        facts = {"event": "posted", "status": status, "path": answer.get("path")}
        text = f"POST /items: {status} {answer.get('error') or answer.get('path')}"
        logger.info("%s", text, extra=facts)
        headers = (
            {"WWW-Authenticate": "Bearer"} if status == web.HTTPUnauthorized.status_code else {}
        )
        return web.json_response(answer, status=status, headers=headers)

    async def _answer(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        if self._key is None:
            return 403, {"error": "nothing can be posted, since CRAWLER_TOKEN is not set"}
        if not self._has_key(request):
            return 401, {"error": "the bearer token is missing or wrong"}
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return 408, {"error": f"the body took longer than {_BODY_SECONDS:.0f} seconds"}
        except web.HTTPRequestEntityTooLarge:
            return 413, {"error": f"the body is larger than {_MOST_BYTES} bytes"}
        try:
            if request.content_type == "application/json":
                return self._crawl_known(body)
            return await self._add(body, request.query.get("path"))
        except PlaceError as error:
            return 400, {"error": str(error)}
        except ItemError as error:
            return 422, {"error": f"line {error.problem.line}: {error.problem.reason}"}
        except FileExistsError:
            return 409, {"error": "another item is there already"}
        except OSError as error:
            return 507, {"error": f"not written: {error.strerror}"}

    def _has_key(self, request: web.Request) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        # Digests are of one length, so that the time tells nothing of the token either.
        is_right = hmac.compare_digest(_digest(token.strip()), self._key or b"")
        return is_right and kind.lower() == "bearer"

    def _crawl_known(self, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            document = None
        name = document.get("path") if isinstance(document, dict) else None
        if not isinstance(name, str):
            return 400, {"error": 'the body is not {"path": "FILE BELOW ITEMS"}'}
        for folder in self._folders:
            if (place := item_place(folder, name)).is_file():
                self._watch.tell([place])
                return 202, {"path": name}
        return 404, {"error": "there is no such item"}

    async def _add(self, body: bytes, name: str | None) -> tuple[int, dict[str, Any]]:
        if not self._folders:
            return 403, {"error": "ITEMS is no folder that an item could be added to"}
        folder = self._folders[0]
        path, item, is_new = await asyncio.to_thread(add_item, folder, body, name)
        self._watch.tell([path])
        answer: dict[str, Any] = {"path": path.relative_to(folder).as_posix()}
        if item.warnings:
            answer["warnings"] = [f"line {w.line}: {w.reason}" for w in item.warnings]
        return (201 if is_new else 202), answer


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
