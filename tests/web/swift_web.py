"""A small fast web for long crawls, in a process of its own: a forward proxy for any http host.

    python -m tests.web.swift_web

prints its port. What a URL answers follows from the number at the end of its path.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

_WORDS: Final = tuple(
    "the council of a small town voted on tuesday to keep its old footbridge open after engineers "  # noqa: SIM905 - it is prose
    "had named a price that was lower than anyone in the room had feared".split()
)
_KINDS: Final = 10
_SCRIPT: Final = "<script>" + "var menu = 'as long as on any page';\n" * 300 + "</script>"


def kind_of(number: int) -> str:
    """Return what a page with this number is: an article, or one of several misfortunes."""
    misfortunes = {5: "gone", 6: "not-found", 7: "server-error", 8: "not-html", 9: "empty"}
    return misfortunes.get(number % _KINDS, "ok")


def page(number: int) -> bytes:
    """Return an article that no other number has."""
    said = Random(number).choices(_WORDS, k=100)
    text = "".join(f"<p>{' '.join(said[start : start + 25])}.</p>" for start in range(0, 100, 25))
    head = f"<title>Story {number}</title><meta property='og:title' content='Story {number}'>"
    body = f"<body><article>{text}</article></body>"
    return f"<!DOCTYPE html><html lang=en><head>{head}{_SCRIPT}</head>{body}".encode()


def answer(path: str) -> bytes:
    """Return the whole HTTP answer for a path."""
    if path == "/robots.txt":
        return _http(404, "text/plain", b"")
    number = int(path.rpartition("/")[2])
    match kind_of(number):
        case "gone":
            return _http(410, "text/html", b"<h1>Gone</h1>")
        case "not-found":
            return _http(404, "text/html", b"<h1>Not found</h1>")
        case "server-error":
            return _http(500, "text/html", b"<h1>Error</h1>")
        case "not-html":
            return _http(200, "application/pdf", b"%PDF-1.7")
        case "empty":
            return _http(200, "text/html", b"<html><body><p>Nothing.</p></body></html>")
    return _http(200, "text/html; charset=utf-8", page(number))


def _http(status: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while request := await reader.readuntil(b"\r\n\r\n"):
            url = request.split(b" ", 2)[1].decode()
            writer.write(answer("/" + url.split("/", 3)[3]))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the client has gone
    finally:
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the caller waits for it
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
