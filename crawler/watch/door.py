"""The watch's HTTP server: `/healthz`, `/metrics`, and `POST /items` for those who have the key."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from crawler.items.item_place import PlaceError, item_place
from crawler.items.new_item import add_item
from crawler.options import OptionError
from crawler.problem import ItemError
from crawler.watch.visitors import MOST_CONNECTIONS, Visitors, own_names_only

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from crawler.watch.watch import Watch

logger = logging.getLogger("crawler.watch")

_MOST_BYTES: Final = 1024 * 1024  # of a body
_BODY_SECONDS: Final = 30.0
_LINGERING_SECONDS: Final = 2.0  # in which what is left of a refused body is read
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
    door = _Door(watch, folders, token)
    visitors = Visitors()
    middlewares = (visitors.middleware, own_names_only(names | {address.host}))
    app = web.Application(client_max_size=_MOST_BYTES, middlewares=middlewares)
    app.add_routes(
        [
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
        self._folders = folders
        self._key = None if token is None else _digest(token)

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
