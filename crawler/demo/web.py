"""The bundled items, and their web behind a forward proxy on loopback, which needs no DNS."""

from __future__ import annotations

import hashlib
import sys
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import PurePosixPath
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


def copy_items(folder: Path) -> list[Path]:
    """Write the bundled item files into `folder` byte for byte, and return their paths by name.

    The folder is made where it is missing; files of the same names are overwritten.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in (files("crawler.demo") / "items").iterdir():
        target = folder / source.name
        target.write_bytes(source.read_bytes())
        written.append(target)
    return sorted(written)


_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the bundled web; `delay` is in seconds, before the answer begins."""

    body: bytes = b""
    content_type: str = _CONTENT_TYPES[".html"]
    status: int = 200
    delay: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110, section 8.8.3), quotes included."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def load_pages() -> dict[str, Page]:
    """All pages of the bundled web by "<host>/<path>", which is the URL without its scheme.

    A file site/<host>/<path> answers at that path, an index.html at its folder's. A table of
    web.toml, named the same way, gives a page its `status`, `delay` and `headers`, with a file
    or without one.
    """
    site = files("crawler.demo") / "site"
    manifest = tomllib.loads((site / "web.toml").read_text(encoding="utf-8"))
    bodies = {name: file for name, file in _files_below(site, "") if "/" in name}
    return {
        _address(name): _page(name, bodies.get(name), manifest.get(name, {}))
        for name in bodies.keys() | manifest.keys()
    }


def _files_below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _files_below(entry, f"{name}/")
        else:
            yield name, entry


def _address(name: str) -> str:
    return name.removesuffix(_INDEX) if PurePosixPath(name).name == _INDEX else name


def _page(name: str, file: Traversable | None, settings: Mapping[str, Any]) -> Page:
    if file is None:
        return Page(**settings)
    content_type = _CONTENT_TYPES[PurePosixPath(name).suffix]
    return Page(file.read_bytes(), content_type, **settings)


# One date for every page: a wheel keeps no useful modification times.
_LAST_MODIFIED = datetime(2024, 11, 4, 8, 0, tzinfo=UTC)
_ROBOTS = Page(b"User-agent: *\nAllow: /\n", "text/plain; charset=utf-8")
_NOT_FOUND = Page(b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>", status=404)
_IDLE_SECONDS = 30.0
_POLL_SECONDS = 0.05


class DemoWeb(ThreadingHTTPServer):
    """A forward proxy for http (RFC 9112, section 3.2.2) that answers from the bundled web.

    Every host has a robots.txt, by default one that allows everything; any other page that is
    not bundled is answered with 404. The query of a URL is ignored.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.closing = Event()
        self._pages = load_pages()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def proxy_url(self) -> str:
        """Where it listens, as the value for `http_proxy`."""
        return f"http://127.0.0.1:{self.server_port}"

    def page(self, host: str, path: str) -> Page:
        """The page at a path of a host, or the one that stands for a page that is not there."""
        missing = _ROBOTS if path == "/robots.txt" else _NOT_FOUND
        return self._pages.get(host + (path or "/"), missing)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Report an error of a handler, but not that a client has gone away."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: DemoWeb
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True  # otherwise a body waits for its header's acknowledgement

    def do_GET(self) -> None:
        try:
            url = urlsplit(self.path)
            host = url.hostname or urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        page = self.server.page(host, url.path)
        self.server.closing.wait(page.delay)
        self._send(page)

    do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

    def _send(self, page: Page) -> None:
        is_found = page.status == HTTPStatus.OK
        unchanged = is_found and self._has_current(page)
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else page.status)
        if is_found:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", format_datetime(_LAST_MODIFIED, usegmt=True))
        for name, value in page.headers.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD" and not unchanged:
            self.wfile.write(page.body)

    def _has_current(self, page: Page) -> bool:
        """Whether the client's copy is the current one (RFC 9110, section 13.2.2)."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return bool(known & {"*", page.etag})
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.replace(tzinfo=since.tzinfo or UTC) >= _LAST_MODIFIED

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal belongs to the crawl."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve the bundled web for the length of a with block; gives its proxy URL.

    Raises:
        OSError: no port on loopback can be had.
    """
    with DemoWeb() as web:
        Thread(target=web.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        try:
            yield web.proxy_url
        finally:
            web.closing.set()
            web.shutdown()
