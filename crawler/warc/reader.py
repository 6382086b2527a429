"""Reads WARC files within bounds: gzip members (RFC 1952), records, and their answers."""

from __future__ import annotations

import re
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.downloader.chunks import ChunksError, LenientChunks
from crawler.timestamps import moment, utc_text
from crawler.warc.records import Capture, NotRecordedError, RecordedAnswer, WarcError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.warc.index import CaptureIndex
    from crawler.warc.records import HeaderFields


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


# Of the WARC header and that of the message in it, of which an answer's has 256 KiB at most.
_LONGEST_HEADS: Final = 512 * 1024


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


PARSER_ERRORS: Final = (ArchiveLoadFailed, StatusAndHeadersParserException)
_ANSWERS: Final = frozenset({"response", "revisit"})
_NOT_MODIFIED: Final = 304
_STATUS: Final = re.compile(r"\s*([1-9][0-9]{2})(?![0-9])")  # 999, too
_LONGEST_REASON: Final = 100


def captures_in(path: Path, *, should_stop: Callable[[], bool]) -> Iterator[Capture]:
    """Yield the HTTP answers of a file in their order; memory does not grow with the file.

    A last record that breaks off, as a killed writer leaves it, is passed over. An answer 304
    says only that an earlier one still holds, and is passed over, too.

    Args:
        should_stop: asked between records; True ends the pass.

    Raises:
        WarcError: the file is no WARC file, or is damaged.
        OSError: it cannot be read.
    """
    scan = _scan_gzipped if is_gzipped(path) else _scan_plain
    with path.open("rb") as file:
        for capture in scan(file, path):
            if should_stop():
                return
            if capture is not None:
                yield capture


def _scan_gzipped(file: BinaryIO, path: Path) -> Iterator[Capture | None]:
    end, size = 0, path.stat().st_size
    while end < size:
        file.seek(end)
        member = Member(file, path)
        try:
            records = BoundedRecords(member, path)
            record = records.next()
            capture = None if record is None else _capture(record, path, member.start)
            if record is not None and records.next() is not None:
                raise WarcError(
                    f"{path} has several records in one gzip member; `warcio recompress` mends that"
                )
            end = member.drain()
        except MemberBrokenOffError:
            return
        except PARSER_ERRORS as error:
            raise WarcError(f"{path} at byte {member.start}: {told(error)}") from error
        yield capture


def _scan_plain(file: BinaryIO, path: Path) -> Iterator[Capture | None]:
    records = BoundedRecords(file, path)
    try:
        while (record := records.next()) is not None:
            capture = _capture(record, path, 0)
            offset = records.finish()
            if record.raw_stream.limit:
                return
            yield None if capture is None else capture.at(offset)
    except PARSER_ERRORS as error:
        raise WarcError(f"{path} after byte {records.offset}: {told(error)}") from error


def _capture(record: Any, path: Path, offset: int) -> Capture | None:
    """Read the headers of a record; None: it is no HTTP answer to look up."""
    head, http = record.rec_headers, record.http_headers
    is_revisit = record.rec_type == "revisit"
    if record.rec_type not in _ANSWERS or (http is None and not is_revisit):
        return None
    # A revisit may leave the head out, too, which is then as it was.
    status = _STATUS.match("200" if http is None else http.statusline)
    url = head.get_header("WARC-Target-URI")
    if not url or status is None or int(status[1]) == _NOT_MODIFIED:
        return None
    refers_to = head.get_header("WARC-Refers-To-Target-URI")
    return Capture(
        url=url,
        status=int(status[1]),
        taken_at=head.get_header("WARC-Date") or "",
        content_type=(http and http.get_header("Content-Type")) or "",
        file=path,
        offset=offset,
        digest=head.get_header("WARC-Payload-Digest"),
        is_revisit=is_revisit,
        refers_to=refers_to and (refers_to, head.get_header("WARC-Refers-To-Date") or ""),
    )


def told(error: Exception) -> str:
    """Return in a few words what the parser says."""
    return " ".join(str(error).split())[:_LONGEST_REASON] or type(error).__name__


_CHUNK_HEADS: Final = 1024 * 1024  # bytes, of which a stranger can make far more than of a body
_FRAMING: Final = frozenset({"transfer-encoding", "content-length"})  # of what was on the wire


def read_answer(index: CaptureIndex, url: str, *, most: int) -> RecordedAnswer:
    """Return the recorded answer for a URL.

    Args:
        most: bytes of the body that are read; one more is given where there are more.

    Raises:
        NotRecordedError: there is none.
        WarcError: a file has changed since it was indexed, or is damaged.
        OSError: it cannot be read.
    """
    capture = index.find(url)
    if capture is None:
        raise NotRecordedError("the WARC files have no answer for this URL")
    origin = index.origin_of(capture) if capture.is_revisit else capture
    if origin is None:
        raise NotRecordedError("the WARC files have it only as a revisit of a record elsewhere")
    with _record(origin) as record:
        headers, (body, is_cut) = _headers(record), _body(record, most)
    if origin is not capture:
        with _record(capture) as record:
            headers = _headers(record) or headers
    return RecordedAnswer(
        status=capture.status,
        headers=headers,
        body=body,
        taken_at=_moment(capture.taken_at),
        is_cut=is_cut,
    )


@contextmanager
def _record(capture: Capture) -> Iterator[Any]:
    with capture.file.open("rb") as file:
        file.seek(capture.offset)
        stream = Member(file, capture.file) if is_gzipped(capture.file) else file
        try:
            record = BoundedRecords(stream, capture.file).next()
            if record is None or record.rec_headers.get_header("WARC-Target-URI") != capture.url:
                raise WarcError(f"{capture.file} has changed since it was read first")
            yield record
        except (MemberBrokenOffError, *PARSER_ERRORS) as error:
            raise WarcError(f"{capture.file} at byte {capture.offset}: {told(error)}") from error


def _body(record: Any, most: int) -> tuple[bytes, bool]:
    fields = record.http_headers.headers
    codings = [value for name, value in fields if name.strip().lower() == "transfer-encoding"]
    is_chunked = "chunked" in ",".join(codings).lower().replace(" ", "").split(",")
    is_cut = record.rec_headers.get_header("WARC-Truncated") is not None
    stream = record.raw_stream
    if not is_chunked:
        return stream.read(most + 1), is_cut
    room = 2 * most + _CHUNK_HEADS
    is_cut |= stream.limit > room
    stream.limit = min(stream.limit, room)
    body = _unchunked(stream, most)
    return body, is_cut and len(body) <= most


def _unchunked(stream: Any, most: int) -> bytes:
    """Read up to one byte more than `most`, as a download does; what breaks off is as it is.

    What was unpacked already, with the header left as it was, passes as it is.
    """
    body, rest = bytearray(), list[bytes]()
    chunks = LenientChunks(body.extend, rest.append)
    with suppress(ChunksError):
        while len(body) <= most and not rest and (data := stream.read(_STEP)):
            chunks.feed(data)
    return bytes(body[: most + 1])


def _headers(record: Any) -> HeaderFields:
    fields = () if record.http_headers is None else record.http_headers.headers
    return tuple(
        (name.strip().encode(), value.encode())
        for name, value in fields
        if name.strip().lower() not in _FRAMING
    )


def _moment(warc_date: str) -> str | None:
    try:
        return utc_text(moment(warc_date))
    except (ValueError, OverflowError):
        return None
