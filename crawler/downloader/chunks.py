"""The chunked transfer coding (RFC 9112, section 7.1), as leniently as browsers read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# A size that is padded (on either side), has "0x", or is followed by anything but more of a word.
_SIZE: Final = re.compile(
    rb"[ \t]*(?:0x)?([0-9a-f]{1,16})(?:[ \t;,].*)?", re.IGNORECASE | re.DOTALL
)
_BEGINS_A_SIZE: Final = re.compile(
    rb"[ \t\r\n]*(?:0x)?[0-9a-f]{0,16}(?:[ \t;,\r\n]|\Z)", re.IGNORECASE
)
_ENDS_DATA: Final = re.compile(rb"\r?(?:\n|\Z)")  # or may yet do so
_LONGEST_LINE: Final = 16 * 1024  # bytes; as Chromium
_MOST_TRAILERS: Final = 64 * 1024  # bytes


class ChunksError(ValueError):
    """A body is not framed as chunks are; the message says how."""


class LenientChunks:
    """Decodes a body, piece by piece.

    Args:
        deliver: is given what comes out.
        finish: is given what stands behind the end, once.

    Lines may end without CR, sizes may be padded, extensions may be anything, and the last empty
    line may be missing: the chunk of no bytes has said by then that all is there. A body that is
    only labelled so, and begins with no size, is taken as it is, up to the end of the connection.
    What breaks off before its last chunk stays broken.
    """

    def __init__(self, deliver: Callable[[bytes], None], finish: Callable[[bytes], None]) -> None:
        self._deliver = deliver
        self._finish = finish
        self._buffer = bytearray()
        self._looked_at = 0  # of the buffer; there is no end of a line in it
        self._read: Callable[[], bool] = self._first_size
        self._left = 0  # bytes of the chunk
        self._trailers = 0  # bytes
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Decode some bytes.

        Raises:
            ChunksError: they are no chunks.
        """
        self._buffer += data
        try:
            while self._read():
                pass
        except ChunksError:
            self._read = self._broken
            raise
        finally:
            self._hand_on()

    @property
    def is_whole(self) -> bool | None:
        """Whether all is there, if nothing comes any more; None: nobody can know."""
        return None if self._read == self._plain else self._read in {self._trailer, self._done}

    def _hand_on(self) -> None:
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            self._deliver(b"".join(pieces))

    def _line(self) -> bytes | None:
        """Take a line off the buffer; None: it has not come as a whole."""
        end = self._buffer.find(b"\n", self._looked_at)
        if end > _LONGEST_LINE or (end < 0 and len(self._buffer) > _LONGEST_LINE):
            raise ChunksError("the line of a chunk is too long")
        if end < 0:
            self._looked_at = len(self._buffer)
            return None
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        self._looked_at = 0
        return line

    def _first_size(self) -> bool:
        if not self._buffer:
            return False
        first = self._buffer.find(b"\n")
        start = bytes(self._buffer[: first if first >= 0 else None]).removesuffix(b"\r")
        if _BEGINS_A_SIZE.match(self._buffer) is None or (
            first >= 0 and start.strip() and _SIZE.fullmatch(start) is None
        ):
            self._read = self._plain
        elif first >= 0:
            self._read = self._size
        elif len(self._buffer) > _LONGEST_LINE:
            raise ChunksError("the line of a chunk is too long")
        else:
            return False
        return True

    def _size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if not line.strip():
            return True  # there is one too many
        found = _SIZE.fullmatch(line)
        if found is None:
            raise ChunksError("a chunk has no size")
        self._left = int(found[1], 16)
        self._read = self._data if self._left else self._trailer
        return True

    def _data(self) -> bool:
        piece = bytes(self._buffer[: self._left])
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        if piece:
            self._pieces.append(piece)
        if self._left:
            return False
        self._read = self._end_of_data
        return True

    def _end_of_data(self) -> bool:
        if _ENDS_DATA.match(self._buffer) is None:
            raise ChunksError("a chunk does not end where it should")
        if self._line() is None:
            return False
        self._read = self._size
        return True

    def _trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._trailers += len(line)
        if self._trailers > _MOST_TRAILERS:
            raise ChunksError("the trailers are too long")
        if line:
            return True
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._read = self._done
        self._hand_on()
        self._finish(rest)
        return False

    def _plain(self) -> bool:
        if self._buffer:
            self._pieces.append(bytes(self._buffer))
            self._buffer.clear()
        return False

    def _done(self) -> bool:
        return False

    def _broken(self) -> bool:
        return False
