"""Records one after the other, as warcio reads them, with bounds that it does not have."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from warcio.archiveiterator import WARCIterator

from crawler.warc.errors import WarcError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Of the WARC header and that of the message in it, of which an answer's has 256 KiB at most.
_LONGEST_HEADS: Final = 512 * 1024
_STEP: Final = 64 * 1024


class BoundedRecords:
    """The records of a stream; what is between their contents may not go on for ever.

    warcio takes an endless line for a line, and grows with it in quadratic time; a million short
    ones take a gigabyte.
    """

    def __init__(self, stream: Any, path: Path) -> None:
        """Begin where the stream is.

        Args:
            path: names the file in errors.
        """
        self._stream = _Bounded(stream, path)
        self._records = _Records(self._stream)
        # What is packed is unpacked already. What is packed twice is no WARC file, and warcio would
        # unpack it without a bound.
        self._records.reader.set_decomp(None)

    @property
    def offset(self) -> int:
        """Where the last record was."""
        return int(self._records.offset)

    def next(self) -> Any:
        """Return the next record, None at the end.

        Raises:
            WarcError: its heads are too long.
        """
        if self._records.record is not None and self._records.member_info is None:
            self.finish()
        with self._stream.bounded():
            return next(self._records, None)

    def finish(self) -> int:
        """Read the record to its end, and return where it began.

        Raises:
            WarcError: what follows it has no end.
        """
        content = self._records.record.raw_stream
        while content.read(_STEP):
            pass
        with self._stream.bounded():
            return int(self._records.get_record_offset())


class _Records(WARCIterator):  # type: ignore[misc]  # warcio has no types
    INC_RECORD = ""  # a message that quotes the file, for standard error


class _Bounded:
    def __init__(self, stream: Any, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left: int | None = None

    @contextmanager
    def bounded(self) -> Iterator[None]:
        self._left = _LONGEST_HEADS
        try:
            yield
        finally:
            self._left = None

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise WarcError(f"{self._path}: a header is longer than {_LONGEST_HEADS} bytes")
        return data

    def tell(self) -> int:
        return int(self._stream.tell())
