"""Content codings (RFC 9110, section 8.4) decoded under a limit, strictly, in small steps.

Browsers show what they have of a page that broke off; an archive must not call it whole. So a
stream that does not reach its own end mark, or fails its checksum, is an error here.
"""

from __future__ import annotations

import codecs
import re
import sys
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

try:  # the very ones that Scrapy depends on: which there is depends on the interpreter
    import brotli
except ImportError:  # PyPy
    import brotlicffi as brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STEP_BYTES: Final = 64 * 1024
MAX_CODINGS: Final = 2  # on top of each other; one is usual, each more multiplies a bomb
_MAX_PARTS: Final = 1_000  # gzip members or zstd frames; bgzip makes one for each 64 KiB
_ZSTD_WINDOW_LOG: Final = 23  # 8 MiB (RFC 9659); a frame may ask for gigabytes
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_NOT_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP: Final = re.compile(rb"\s*<[!?a-z][^>]{0,200}>", re.IGNORECASE)
_IMAGE: Final = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|....ftyp(?:avi|mif|hei)", re.DOTALL
)
_LOOKED_AT: Final = 1024  # bytes
_LEAST_TEXT: Final = 16  # bytes; a few may be text by chance


class BodyError(ValueError):
    """A body cannot be decoded."""


class TruncatedBodyError(BodyError):
    """The coded stream breaks off before its end."""


class DamagedBodyError(BodyError):
    """The stream is none of its coding, fails its checksum, or asks for more than is granted."""


class BodyTooLargeError(BodyError):
    """More bytes come out than the limit allows."""


class _Stream(Protocol):
    """One gzip member, zlib, deflate or brotli stream, or zstd frame."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take coded bytes; yield decoded ones, `STEP_BYTES` or little more at a time."""

    @property
    def done(self) -> bool:
        """Whether the stream has reached its end."""

    @property
    def rest(self) -> bytes:
        """What of the last bytes stood behind that end."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inflater = zlib.decompressobj(wbits)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._inflater.decompress(data, STEP_BYTES)
            yield piece
            data = self._inflater.unconsumed_tail
            if self.done or (not data and len(piece) < STEP_BYTES):
                return

    @property
    def done(self) -> bool:
        return self._inflater.eof

    @property
    def rest(self) -> bytes:
        return self._inflater.unused_data


class _Brotli:
    rest = b""  # the decoder takes or refuses what follows its end

    def __init__(self) -> None:
        self._decoder: Any = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.process(data, output_buffer_limit=STEP_BYTES)
        while piece or not (self.done or self._decoder.can_accept_more_data()):
            yield piece
            # With all input taken in, it may still hold output back, and says so only by giving it.
            piece = b"" if self.done else self._decoder.process(b"", output_buffer_limit=STEP_BYTES)

    @property
    def done(self) -> bool:
        return bool(self._decoder.is_finished())


class _Zstd:
    def __init__(self) -> None:
        options = {int(zstd.DecompressionParameter.window_log_max): _ZSTD_WINDOW_LOG}
        self._frame = zstd.ZstdDecompressor(options=options)

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._frame.decompress(data, STEP_BYTES)
        while not self.done and not self._frame.needs_input:
            yield self._frame.decompress(b"", STEP_BYTES)

    @property
    def done(self) -> bool:
        return self._frame.eof

    @property
    def rest(self) -> bytes:
        return self._frame.unused_data


def _deflate(start: bytes) -> _Stream:
    """Open a zlib stream (RFC 1950), or the bare deflate (RFC 1951) that some servers send."""
    is_zlib = len(start) > 1 and start[0] & 0x0F == zlib.DEFLATED and not _number(start) % 31
    return _Zlib(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _number(start: bytes) -> int:
    return int.from_bytes(start[:2], "big")


@dataclass(frozen=True, slots=True)
class _Coding:
    """How a coding's streams are opened, given their first bytes; what each begins with."""

    open: Callable[[bytes], _Stream]
    magic: bytes = b""


_GZIP: Final = _Coding(lambda _: _Zlib(16 + zlib.MAX_WBITS), _GZIP_MAGIC)
_BROTLI: Final = _Coding(lambda _: _Brotli())
_CODINGS: Final = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _Coding(_deflate),
    "br": _BROTLI,
    "brotli": _BROTLI,  # nobody has registered it, and some send it
    "zstd": _Coding(lambda _: _Zstd(), _ZSTD_MAGIC),
}
DECODABLE: Final = frozenset(_CODINGS)
_ERRORS: Final = (zlib.error, brotli.error, zstd.ZstdError)


def decode_body(body: bytes, codings: Sequence[str], limit: int, *, partial: bool = False) -> bytes:
    """Undo the content codings of a body.

    A label may be wrong. Proxies unpack pages and forget the header, or pack them and leave another
    one's; so what is plainly text or an image is returned as it is, and what is whole in another
    coding is decoded by that. An empty body is empty in every coding.

    Args:
        body: the bytes of the answer.
        codings: names in lower case, out of `DECODABLE`, in the order in which they were applied.
        limit: the most bytes that any step may give; 0: no limit.
        partial: the download was stopped on purpose; what decodes is returned.

    Raises:
        TruncatedBodyError: the stream breaks off.
        DamagedBodyError: the stream is damaged, or there are more than `MAX_CODINGS`.
        BodyTooLargeError: it gives more than `limit` bytes.
    """
    undone = 0
    for name in reversed(codings):
        if not body or _is_only_labelled(body, _CODINGS[name]):
            continue
        if undone == MAX_CODINGS and not _is_plain(body):
            raise DamagedBodyError(f"{len(codings)} content codings on top of each other")
        decoded = _decode_as_labelled_or_not(body, _CODINGS[name], limit, partial=partial)
        undone += decoded is not body
        body = decoded
    return body


def begins_gzip(body: bytes) -> bool:
    """Whether a body is gzipped, whatever its label."""
    return body.startswith(_GZIP_MAGIC + b"\x08")


def _decode_as_labelled_or_not(body: bytes, coding: _Coding, limit: int, *, partial: bool) -> bytes:
    try:
        return _decode(body, coding, limit, partial=partial)
    except (TruncatedBodyError, DamagedBodyError) as error:
        if coding.magic and body.startswith(coding.magic):
            raise  # it is what the label says, and damaged
        if not coding.magic and _is_plain(body):
            return body
        if (found := _whole_in_another(body, coding, limit)) is not None:
            return found
        raise error from None


def _whole_in_another(body: bytes, labelled: _Coding, limit: int) -> bytes | None:
    """Return a body decoded by that coding, out of all others, in which it is whole; or None."""
    others = (_GZIP, _CODINGS["zstd"], _CODINGS["deflate"], _CODINGS["br"])
    for coding in others:
        if coding is labelled or not body.startswith(coding.magic):
            continue
        with suppress(TruncatedBodyError, DamagedBodyError):
            found = _decode(body, coding, limit, partial=False)
            if found and _is_plain(found):  # and not what noise comes to by chance
                return found
    return None


def _decode(body: bytes, coding: _Coding, limit: int, *, partial: bool) -> bytes:
    decoded = bytearray()
    try:
        for piece in _pieces(body, coding):
            decoded += piece
            if limit and len(decoded) > limit:
                raise BodyTooLargeError(f"more than {limit} bytes once decoded")
    except (TruncatedBodyError, DamagedBodyError):
        if not partial:
            raise
    return bytes(decoded)


def _pieces(body: bytes, coding: _Coding) -> Iterator[bytes]:
    stream, parts, position = coding.open(body[:2]), 1, 0
    while position < len(body):
        if stream.done:
            # Behind a member comes another one, or padding, which browsers pass over.
            if not coding.magic or not body.startswith(coding.magic, position):
                return
            stream, parts = coding.open(coding.magic), parts + 1
            if parts > _MAX_PARTS:
                raise DamagedBodyError(f"more than {_MAX_PARTS} parts in one body")
        step = body[position : position + STEP_BYTES]
        try:
            yield from stream.feed(step)
        except _ERRORS as error:
            raise DamagedBodyError(f"the coded body is damaged: {error}") from error
        position += len(step) - (len(stream.rest) if stream.done else 0)
    if not stream.done:
        raise TruncatedBodyError("the coded body breaks off before its end")


def _is_only_labelled(body: bytes, coding: _Coding) -> bool:
    """Whether a body lacks what its coding begins with, and is plain."""
    start = body[: len(coding.magic)]
    return not coding.magic.startswith(start) and (_has_no_controls(body) or _is_plain(body))


def _has_no_controls(body: bytes) -> bool:
    return _NOT_TEXT.search(body, 0, _LOOKED_AT) is None


def _is_plain(body: bytes) -> bool:
    """Whether a body cannot be a coded one by chance: it is text in UTF-8, markup, or an image."""
    if _IMAGE.match(body) is not None:
        return True
    if not _has_no_controls(body):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body[:_LOOKED_AT])
    except UnicodeDecodeError:
        return _MARKUP.match(body) is not None
    return len(body) >= _LEAST_TEXT
