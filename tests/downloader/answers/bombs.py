"""Answers that are meant to do harm, each with the states in which it may end."""

from __future__ import annotations

import gzip
import os
import random
import time
import zlib
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from tests.web.answers import Answer
    from tests.web.server import Handler

MEBIBYTE = 1024 * 1024
_ZEROS = bytes(MEBIBYTE)
_START = b"<!DOCTYPE html><title>A bomb</title><p>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _stream(*heads: bytes, pieces: Iterable[bytes] = ()) -> Callable[[Event], Answer]:
    """Send a raw head, then pieces for as long as somebody takes them."""

    def bomb(closing: Event) -> Answer:
        def answer(handler: Handler) -> None:
            handler.close_connection = True
            handler.wfile.write(b"\r\n".join([_HEAD.removesuffix(b"\r\n"), *heads, b"\r\n"]))
            for piece in pieces:
                if closing.is_set():
                    return
                handler.wfile.write(piece)

        return answer

    return bomb


class _Forever:
    """The same piece without end, in writes of at least 64 KiB, or once a second."""

    def __init__(self, piece: bytes, *, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._piece = piece if seconds else piece * (1 + 65_536 // len(piece))

    def __iter__(self):
        while True:
            time.sleep(self._seconds)
            yield self._piece


class _TenGigabytes:
    """A gzip stream of 10 GB from one compressed block, which needs no history."""

    def __iter__(self):
        packer = zlib.compressobj(9, wbits=31)
        yield packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
        for _ in range(10_000):
            yield block


def _page(body: bytes | Callable[[], bytes], coding: str = "") -> Callable[[Event], Answer]:
    def bomb(closing: Event) -> Answer:
        content = body if isinstance(body, bytes) else body()
        headers = {"Content-Type": "text/html"} | ({"Content-Encoding": coding} if coding else {})
        return lambda handler: handler.send(200, headers, content)

    return bomb


def _raw(start: bytes, piece: bytes, *, seconds: float = 0.0) -> Callable[[Event], Answer]:
    """Send bytes in place of a head, without end."""

    def bomb(closing: Event) -> Answer:
        def answer(handler: Handler) -> None:
            handler.close_connection = True
            handler.wfile.write(start)
            for again in _Forever(piece, seconds=seconds):
                if closing.is_set():
                    return
                handler.wfile.write(again)

        return answer

    return bomb


def _zeros(packer, add: str, end: str) -> bytes:
    """512 MiB of zeros, compressed in a stream."""
    pieces = [getattr(packer, add)(_ZEROS) for _ in range(512)]
    return b"".join([*pieces, getattr(packer, end)()])


def _zstd_frames() -> bytes:
    from tests.downloader.answers.test_content_coding import zstd  # noqa: PLC0415

    return zstd.compress(_ZEROS * 8) * 900


def _filled(unit: bytes) -> bytes:
    return _START + unit * (4_000_000 // len(unit))


TOO_LARGE = {"too-large"}
BROKEN = {"network-error"}
TIMEOUT = {"timeout"}
TOO_MANY_CHUNKS = TOO_LARGE | TIMEOUT  # whichever comes first: little is read of them at a time
NO_TEXT = {"not-html", "empty"}
READ = {"ok", "empty", "extraction-timeout"}  # its text, or an honest word
CHUNKED = b"Transfer-Encoding: chunked"

BOMBS: dict[str, tuple[Callable[[Event], Answer], set[str]]] = {
    "gzip-10-gb": (_stream(b"Content-Encoding: gzip", pieces=_TenGigabytes()), TOO_LARGE),
    "gzip-small": (
        _page(lambda: _zeros(zlib.compressobj(9, wbits=31), "compress", "flush"), "gzip"),
        TOO_LARGE,
    ),
    "deflate-small": (
        _page(lambda: _zeros(zlib.compressobj(9), "compress", "flush"), "deflate"),
        TOO_LARGE,
    ),
    "brotli-small": (
        _page(lambda: _zeros(brotli.Compressor(quality=1), "process", "finish"), "br"),
        TOO_LARGE,
    ),
    "zstd-small": (_page(_zstd_frames, "zstd"), TOO_LARGE),
    "gzip-in-gzip": (
        _page(
            lambda: gzip.compress(_zeros(zlib.compressobj(9, wbits=31), "compress", "flush")),
            "gzip, gzip",
        ),
        TOO_LARGE,
    ),
    "three-codings": (
        _page(gzip.compress(gzip.compress(gzip.compress(_START))), "gzip, gzip, gzip"),
        BROKEN,
    ),
    "truncated-gzip": (_page(gzip.compress(_filled(b"word "))[:-9], "gzip"), BROKEN),
    "damaged-brotli": (_page(b"\xff" * 5_000, "br"), BROKEN),
    "endless-body": (_stream(pieces=_Forever(b"word ")), TOO_LARGE),
    "endless-chunks": (_stream(CHUNKED, pieces=_Forever(b"4\r\nword\r\n")), TOO_MANY_CHUNKS),
    "endless-extensions": (
        _stream(CHUNKED, pieces=_Forever(b"1;" + b"x" * 900 + b"\r\nw\r\n")),
        TOO_MANY_CHUNKS,
    ),
    "one-byte-chunks": (_stream(CHUNKED, pieces=_Forever(b"1\r\nw\r\n")), TOO_MANY_CHUNKS),
    "endless-trailers": (_raw(_HEAD + CHUNKED + b"\r\n\r\n0\r\n", b"x: y\r\n"), BROKEN),
    "endless-headers": (_raw(_HEAD, b"X-More: and more\r\n"), TOO_LARGE),
    "many-headers": (
        _stream(*(b"X-%d: y" % number for number in range(20_000)), pieces=[_START]),
        TOO_LARGE,
    ),
    "endless-folding": (_raw(_HEAD, b" and more\r\n"), TOO_LARGE),
    "endless-100": (_raw(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), TOO_LARGE),
    "endless-line": (_raw(_HEAD, b"x"), TOO_LARGE),
    "slow-head": (_raw(_HEAD, b"x", seconds=0.5), TIMEOUT),
    "slow-body": (_stream(pieces=_Forever(b"x", seconds=0.5)), TIMEOUT),
    "length-too-long": (_stream(b"Content-Length: 99999", pieces=[_START]), BROKEN),
    "length-of-a-terabyte": (_stream(b"Content-Length: 1000000000000", pieces=[_START]), TOO_LARGE),
    "length-too-short": (_stream(b"Content-Length: 10", pieces=[_filled(b"word ")]), NO_TEXT),
    "length-of-no-number": (_stream(b"Content-Length: many", pieces=[_START]), {"empty"}),
    "image": (_page(b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(2_000_000)), {"not-html"}),
    "random": (_page(os.urandom(2_000_000)), {"not-html"}),
    "zero-bytes": (_page(b"<html>" + bytes(3_000_000)), {"not-html"}),
    "giant-attribute": (_page(_START + b'<p x="' + b"a" * 4_000_000 + b'">'), READ),
    "many-attributes": (
        _page(_START + b"<p " + b" ".join(b"a%d" % n for n in range(100_000))),
        {"empty"},
    ),
    "nested-div": (_page(_START + b"<div>" * 50_000 + b"x"), {"empty"}),
    "nested-b": (_page(_START + b"<b>" * 50_000 + b"x"), {"empty"}),
    "nested-table": (_page(_START + b"<table><tr><td>" * 50_000), {"empty"}),
    "nested-list": (_page(_START + b"<ul><li>" * 50_000), {"empty"}),
    "a-million-breaks": (_page(_filled(b"<br>")), {"empty"}),
    "a-and-a": (_page(_filled(b"<a><a>")), {"empty"}),
    "one-text": (_page(_filled(b"word ")), READ),
    "characters-of-han": (_page(_filled("字".encode() * 100)), READ),
    "entities": (_page(_filled(b"&nosuch;")), READ),
    "deep-json-ld": (
        _page(_START + b'<script type="application/ld+json">' + b'{"a":[' * 500_000),
        {"empty"},
    ),
}
