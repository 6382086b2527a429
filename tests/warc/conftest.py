"""WARC files of other writers, with records as a test wants them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HTML = (("Content-Type", "text/html"),)


@pytest.fixture
def write_warc(tmp_path: Path) -> Callable[..., Path]:
    """Write records, each a dictionary for `add`, into a file and return its path."""

    def write(*records: dict[str, Any], name: str = "other.warc.gz") -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            writer = WARCWriter(file, gzip=name.endswith(".gz"), warc_version="1.1")
            for record in records:
                add(writer, **record)
        return path

    return write


def add(
    writer: WARCWriter,
    *,
    url: str,
    body: bytes = b"<p>here",
    kind: str = "response",
    status: str | None = "200 OK",
    headers: tuple[tuple[str, str], ...] = HTML,
    at: str = "2024-05-14T06:30:00Z",
    **fields: str,
) -> None:
    """Write one record; `fields` are of the WARC header, with "_" for "-"."""
    head = {"WARC-Date": at} | {name.replace("_", "-"): value for name, value in fields.items()}
    http = None if status is None else StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
    record = writer.create_warc_record(
        url,
        kind,
        payload=BytesIO(body),
        length=len(body),
        http_headers=http,
        warc_headers_dict=head,
    )
    writer.write_record(record)
