"""Appends exchanges to a WARC file, version 1.1; a kill costs the last one at most."""

from __future__ import annotations

import fcntl
import os
from base64 import b32encode
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Self

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, whole_length
from crawler.warc.records import Capture, WarcError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from crawler.warc.records import Exchange, HeaderFields

_VERSION: Final = "1.1"
_NOT_MODIFIED: Final = 304
_NOT_MODIFIED_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_LARGEST_INFO: Final = 16 * 1024
_LARGEST_REST: Final = 64 * 1024 * 1024
_FORMAT: Final = {
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}


class WarcWriter:
    """A gzipped WARC file that grows by whole exchanges; for one thread.

    An exchange is one write of whole gzip members. What a killed writer has left half-written at
    the end is cut off when the file is opened again. A payload that is in the file already is not
    written again, but as a revisit of its record.
    """

    def __init__(self, path: Path, file: int, index: CaptureIndex) -> None:
        self._path = path
        self._file = file
        self._index = index
        self._info_id: str | None = None

    @classmethod
    def open(cls, path: Path, info: Mapping[str, str], *, should_stop: Callable[[], bool]) -> Self:
        """Open a file, or make it, and write a warcinfo record.

        Args:
            info: further fields of that record.
            should_stop: as for `crawler.warc.reader.captures_in`.

        Raises:
            WarcError: there is something else than a WARC file, or one that another run writes to.
            OSError: it cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        index = CaptureIndex()
        try:
            _lock(file, path)
            if path.stat().st_size:
                os.ftruncate(file, _length_to_keep(path))
                index.add(captures_in(path, should_stop=should_stop))
            writer = cls(path, file, index)
            writer._write_info(info)
        except BaseException:
            index.close()
            os.close(file)
            raise
        return writer

    def write(self, exchange: Exchange) -> None:
        """Append a request and its answer.

        Raises:
            OSError: they cannot be written; the file is as it was.
        """
        block = BytesIO()
        records = WARCWriter(block, gzip=True, warc_version=_VERSION)
        at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        common = {"WARC-Date": at, "WARC-Warcinfo-ID": self._info_id or ""}
        digest = _digest(exchange.body)
        answer = self._answer(records, exchange, digest, common)
        request = records.create_warc_record(
            exchange.url,
            "request",
            payload=BytesIO(exchange.request_body),
            length=len(exchange.request_body),
            http_headers=_Head(
                f"{exchange.method} {exchange.target} HTTP/1.1", exchange.request_headers
            ),
            warc_headers_dict=dict(common),
        )
        records.write_request_response_pair(request, answer)
        offset = self._append(block.getbuffer())
        is_new = answer.rec_type == "response" and not exchange.is_cut
        if is_new:
            capture = Capture(exchange.url, exchange.status, at, "", self._path, offset, digest)
            self._index.add([capture])

    def close(self) -> None:
        """Flush the file to the disk, and let others write to it."""
        self._index.close()
        os.fsync(self._file)
        os.close(self._file)

    def _answer(
        self, records: WARCWriter, exchange: Exchange, digest: str, common: Mapping[str, str]
    ) -> Any:
        """Make the record of an answer: a response, or a revisit of one in this file."""
        head = _Head(_status_line(exchange), exchange.headers)
        fields = dict(common)
        if exchange.ip_address is not None:
            fields["WARC-IP-Address"] = exchange.ip_address
        if exchange.is_cut:
            fields["WARC-Truncated"] = "unspecified"
        if exchange.status == _NOT_MODIFIED:
            return self._not_modified(records, exchange.url, head, fields)
        earlier = self._index.with_digest(digest) if exchange.body else None
        if earlier is not None and not exchange.is_cut:
            return records.create_revisit_record(
                exchange.url, digest, earlier.url, earlier.taken_at, head, fields
            )
        return records.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=head,
            warc_headers_dict=fields | {"WARC-Payload-Digest": digest},
        )

    def _not_modified(
        self, records: WARCWriter, url: str, head: _Head, fields: dict[str, str]
    ) -> Any:
        fields["WARC-Profile"] = _NOT_MODIFIED_PROFILE
        fields["WARC-Refers-To-Target-URI"] = url
        if (earlier := self._index.find(url)) is not None:
            fields["WARC-Refers-To-Target-URI"] = earlier.url
            fields["WARC-Refers-To-Date"] = earlier.taken_at
        return records.create_warc_record(
            url, "revisit", http_headers=head, warc_headers_dict=fields
        )

    def _write_info(self, info: Mapping[str, str]) -> None:
        block = BytesIO()
        records = WARCWriter(block, gzip=True, warc_version=_VERSION)
        record = records.create_warcinfo_record(self._path.name, {**_FORMAT, **info})
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        records.write_record(record)
        self._append(block.getbuffer())

    def _append(self, members: memoryview) -> int:
        """Append whole members, and return where they begin."""
        start = os.fstat(self._file).st_size
        written = 0
        try:
            while written < len(members):
                written += os.write(self._file, members[written:])
        except OSError:
            os.ftruncate(self._file, start)
            raise
        return start


class _Head(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """The head of a message, with the bytes of its fields; warcio would percent-encode some."""

    def __init__(self, first_line: str, fields: HeaderFields) -> None:
        texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
        start, _, rest = first_line.partition(" ")
        super().__init__(rest, texts, protocol=start)

    def compute_headers_buffer(self, header_filter: object = None) -> None:  # noqa: ARG002
        self.headers_buff = self.to_bytes(encoding="latin-1")


def _length_to_keep(path: Path) -> int:
    """Return where a half-written exchange begins; nothing larger is ever cut off a file."""
    whole, size = whole_length(path), path.stat().st_size
    if size - whole > (_LARGEST_REST if whole else _LARGEST_INFO):
        raise WarcError(f"{path} breaks off after byte {whole}, not by a killed run of ours")
    return whole


def _status_line(exchange: Exchange) -> str:
    try:
        reason = HTTPStatus(exchange.status).phrase
    except ValueError:
        reason = ""
    return f"{exchange.protocol} {exchange.status} {reason}"


def _digest(body: bytes) -> str:
    # What the readers of WARC files know; it tells bodies apart and protects nothing.
    return "sha1:" + b32encode(sha1(body, usedforsecurity=False).digest()).decode()


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WarcError(f"{path}: another run is writing to it") from None
