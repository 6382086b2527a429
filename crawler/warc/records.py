"""What is kept of requests and their answers in WARC files, and why a file cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path


class WarcError(ValueError):
    """A file is no WARC file, or is damaged; the message names it and says why."""


class NotRecordedError(LookupError):
    """No WARC file has an answer for a URL; the message says so, or what is missing."""


HeaderFields: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Names and values of a header's fields, in order."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A record with an answer, and where it is.

    Attributes:
        url: what was asked for (WARC-Target-URI).
        status: the HTTP status.
        taken_at: WARC-Date as the record has it; "" without one.
        content_type: the Content-Type as the answer has it; "" without one.
        file: the WARC file.
        offset: of the record in the file, in bytes.
        digest: WARC-Payload-Digest; None without one.
        is_revisit: whether the payload is that of an earlier record.
        refers_to: of a revisit, URL and WARC-Date of that record, where it names them.
    """

    url: str
    status: int
    taken_at: str
    content_type: str
    file: Path
    offset: int
    digest: str | None = None
    is_revisit: bool = False
    refers_to: tuple[str, str] | None = None

    def at(self, offset: int) -> Self:
        """Return the capture with the place of its record."""
        return replace(self, offset=offset)


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as it was recorded.

    Attributes:
        body: below its content codings, without the framing of its transfer.
        taken_at: when it came, ISO 8601 in UTC with seconds; None where the record does not say.
        is_cut: whether the record holds only the beginning of it (WARC-Truncated).
    """

    status: int
    headers: HeaderFields
    body: bytes
    taken_at: str | None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, to be recorded.

    Attributes:
        target: the request's target, as in its first line.
        body: of the answer, below its content codings, without the framing of its transfer.
        ip_address: of the server, where the connection was a direct one.
        is_cut: whether the answer was longer than `body`.
    """

    url: str
    method: str
    target: str
    request_headers: HeaderFields
    request_body: bytes
    status: int
    headers: HeaderFields
    body: bytes
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None
    is_cut: bool = False
