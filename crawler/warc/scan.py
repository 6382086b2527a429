"""One pass over a WARC file: the answers in it, and where each is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.warc.bounded_records import BoundedRecords
from crawler.warc.errors import WarcError
from crawler.warc.members import Member, MemberBrokenOffError, is_gzipped
from crawler.warc.records import Capture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
