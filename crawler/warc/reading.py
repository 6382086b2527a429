"""The answer of one record."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from crawler.fetch.answers.chunks import ChunksError, LenientChunks
from crawler.moments import moment, utc_text
from crawler.warc.bounded_records import BoundedRecords
from crawler.warc.errors import NotRecordedError, WarcError
from crawler.warc.members import Member, MemberBrokenOffError, is_gzipped
from crawler.warc.records import RecordedAnswer
from crawler.warc.scan import PARSER_ERRORS, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.warc.index import CaptureIndex
    from crawler.warc.records import Capture, HeaderFields

_CHUNK_HEADS: Final = 1024 * 1024  # bytes, of which a stranger can make far more than of a body
_FRAMING: Final = frozenset({"transfer-encoding", "content-length"})  # of what was on the wire
_STEP: Final = 64 * 1024  # bytes


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
