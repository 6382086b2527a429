"""The gzip members (RFC 1952) of a file, one after the other; a WARC file has one a record."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from crawler.warc.errors import WarcError

if TYPE_CHECKING:
    from pathlib import Path

_STEP: Final = 64 * 1024
_MAGIC: Final = b"\x1f\x8b"


class MemberBrokenOffError(Exception):
    """The file ends in the middle of a member; no EOFError, which warcio takes for its own."""


class Member:
    """What one member unpacks to, as a stream; its memory does not grow with the member.

    Args:
        file: is at the start of the member, and belongs to it until its end.
        path: names the file in errors.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.start = file.tell()
        self._file = file
        self._path = path
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._waiting = b""
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, or up to 64 KiB without one; b"" at the member's end.

        Raises:
            MemberBrokenOffError: the file ends before the member does.
            WarcError: the member is damaged, or is none.
        """
        most = size if 0 < size < _STEP else _STEP
        while not self._inflater.eof:
            data = self._waiting or self._file.read(_STEP)
            if not data:
                raise MemberBrokenOffError(f"{self._path} breaks off after byte {self.start}")
            try:
                piece = self._inflater.decompress(data, most)
            except zlib.error as error:
                raise WarcError(f"{self._path} is damaged at byte {self.start}: {error}") from error
            self._waiting = self._inflater.unconsumed_tail
            if piece:
                self._given += len(piece)
                return piece
        return b""

    def tell(self) -> int:
        """Return how many bytes it has given."""
        return self._given

    def drain(self) -> int:
        """Read on to the member's end, and return the byte of the file that follows it.

        Raises:
            MemberBrokenOffError, WarcError: as `read`.
        """
        while self.read():
            pass
        return self._file.tell() - len(self._inflater.unused_data)


def is_gzipped(path: Path) -> bool:
    """Whether a file begins as a gzip member does.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def whole_length(path: Path) -> int:
    """Return how many bytes at the start of a file are whole members.

    Raises:
        WarcError: something in it is no member, or is a damaged one.
        OSError: it cannot be read.
    """
    end, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while end < size:
            file.seek(end)
            try:
                end = Member(file, path).drain()
            except MemberBrokenOffError:
                break
    return end
