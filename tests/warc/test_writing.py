"""The file that is written, as other readers see it, and after a kill."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, read_answer
from crawler.warc.records import Exchange, WarcError
from crawler.warc.writer import WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

EXCHANGE = Exchange(
    url="http://a.example/x?y=1",
    method="GET",
    target="/x?y=1",
    request_headers=((b"Host", b"a.example"), (b"User-Agent", b"us")),
    request_body=b"",
    status=200,
    headers=((b"Content-Type", b"text/html"), (b"X-Name", b"caf\xe9"), (b"X-Name", b"two")),
    body=b"<p>here",
    ip_address="192.0.2.7",
)
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "out.warc.gz"


def write(path: Path, *exchanges: Exchange) -> None:
    writer = WarcWriter.open(path, {"software": "us"}, should_stop=lambda: False)
    with closing(writer):
        for exchange in exchanges:
            writer.write(exchange)


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Type, header and block of each record, as warcio reads them with their digests checked."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.raw_stream.read()
    with path.open("rb") as file:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.raw_stream.read())
            for record in ArchiveIterator(file, no_record_parse=True)
        ]


def fast_records(path: Path) -> list[Any]:
    """The records as a second reader sees them, with their digests checked."""
    with path.open("rb") as file:
        found = []
        for record in FastIterator(file, parse_http=False):
            record.freeze()
            assert record.verify_block_digest()
            found.append(record)
        return found


def test_an_exchange_is_a_response_and_its_request_byte_for_byte(path: Path) -> None:
    write(path, EXCHANGE)
    info, response, request = records(path)
    assert [kind for kind, _, _ in (info, response, request)] == [
        "warcinfo",
        "response",
        "request",
    ]
    assert b"software: us\r\n" in info[2]
    fields = b"Content-Type: text/html\r\nX-Name: caf\xe9\r\nX-Name: two\r\n"
    assert response[2] == b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n<p>here"
    assert request[2] == b"GET /x?y=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: us\r\n\r\n"
    assert response[1]["WARC-IP-Address"] == "192.0.2.7"
    assert response[1]["WARC-Warcinfo-ID"] == info[1]["WARC-Record-ID"]
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert request[1]["WARC-Date"] == response[1]["WARC-Date"]
    assert {"WARC-Payload-Digest", "WARC-Block-Digest"} <= response[1].keys()
    assert [record.headers["WARC-Type"] for record in fast_records(path)] == [
        "warcinfo",
        "response",
        "request",
    ]


def test_a_payload_is_kept_once(path: Path) -> None:
    other = replace(EXCHANGE, url="http://b.example/")
    write(path, EXCHANGE)
    write(path, other, replace(EXCHANGE, body=b""), replace(other, body=b""))
    kinds = [kind for kind, _, _ in records(path) if kind != "request"]
    assert kinds == ["warcinfo", "response", "warcinfo", "revisit", "response", "response"]
    first, revisit = records(path)[1][1], records(path)[4][1]
    assert revisit["WARC-Profile"] == IDENTICAL
    assert revisit["WARC-Refers-To-Target-URI"] == EXCHANGE.url
    assert revisit["WARC-Refers-To-Date"] == first["WARC-Date"]
    assert revisit["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]
    assert fast_records(path)[4].headers["WARC-Profile"] == IDENTICAL


def test_an_answer_that_nothing_has_changed_refers_to_the_page_that_is_held(path: Path) -> None:
    unchanged = replace(EXCHANGE, status=304, body=b"")
    write(path, EXCHANGE, unchanged)
    _, response, _, revisit, _ = records(path)
    assert revisit[0] == "revisit"
    assert revisit[1]["WARC-Profile"] == NOT_MODIFIED
    assert revisit[1]["WARC-Refers-To-Date"] == response[1]["WARC-Date"]
    assert revisit[2].startswith(b"HTTP/1.1 304 Not Modified\r\n")


def test_an_answer_that_was_cut_says_so_and_stands_for_no_other(path: Path) -> None:
    cut = replace(EXCHANGE, is_cut=True)
    write(path, cut, EXCHANGE)
    kinds = [kind for kind, _, _ in records(path)]
    assert kinds == ["warcinfo", "response", "request", "response", "request"]
    assert records(path)[1][1]["WARC-Truncated"] == "unspecified"
    assert "WARC-Truncated" not in records(path)[3][1]


def test_what_was_written_is_read_again(path: Path) -> None:
    other = replace(EXCHANGE, url="http://b.example/")
    write(path, EXCHANGE, other)
    index = CaptureIndex()
    index.add(captures_in(path, should_stop=lambda: False))
    for url in (EXCHANGE.url, other.url):
        answer = read_answer(index, url, most=100)
        assert answer.body == EXCHANGE.body
        assert answer.headers[0] == (b"Content-Type", b"text/html")


def test_what_a_kill_left_half_written_is_cut_off_when_the_file_is_opened_again(
    path: Path,
) -> None:
    write(path, EXCHANGE)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:50])
    write(path, replace(EXCHANGE, url="http://b.example/", body=b"other"))
    assert path.read_bytes().startswith(whole)
    assert [kind for kind, _, _ in records(path)].count("response") == 2


def test_a_file_that_is_no_warc_file_stays_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"my letters")
    with pytest.raises(WarcError, match="damaged at byte 0"):
        write(path, EXCHANGE)
    assert path.read_bytes() == b"my letters"


def test_a_download_that_broke_off_is_not_cut_away(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"WARC/1.0" + os.urandom(100_000))[:-9])
    before = path.read_bytes()
    with pytest.raises(WarcError, match="breaks off after byte 0"):
        write(path, EXCHANGE)
    assert path.read_bytes() == before


def test_two_runs_do_not_write_to_one_file(path: Path) -> None:
    with (
        closing(WarcWriter.open(path, {}, should_stop=lambda: False)),
        pytest.raises(WarcError, match="another run"),
    ):
        write(path, EXCHANGE)


def test_a_disk_that_is_full_leaves_whole_records(path: Path) -> None:
    write(path, EXCHANGE)
    writer = WarcWriter.open(path, {}, should_stop=lambda: False)
    before = path.stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before + 100, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            writer.write(replace(EXCHANGE, body=os.urandom(5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.stat().st_size == before
    writer.write(replace(EXCHANGE, body=b"small"))
    writer.close()
    assert [kind for kind, _, _ in records(path)][-2:] == ["response", "request"]


def test_a_writer_that_is_killed_leaves_whole_records_but_for_the_last(path: Path) -> None:
    program = """
        import os, sys
        from dataclasses import replace
        from pathlib import Path
        from crawler.warc.writer import WarcWriter
        from tests.warc.test_writing import EXCHANGE
        writer = WarcWriter.open(Path(sys.argv[1]), {}, should_stop=lambda: False)
        for number in range(10_000):
            writer.write(replace(EXCHANGE, url=f"http://a.example/{number}", body=os.urandom(3000)))
            print(number, flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(50)][-1]
        process.kill()
        told = (told + process.stdout.read()).splitlines()[-1]
    captures = list(captures_in(path, should_stop=lambda: False))
    assert len(captures) >= int(told) + 1
    write(path, replace(EXCHANGE, body=b"after"))
    assert len([kind for kind, _, _ in records(path) if kind == "response"]) == len(captures) + 1


def test_reading_with_a_second_library_gives_the_same_payload(path: Path) -> None:
    write(path, EXCHANGE)
    response = next(
        record
        for record in FastIterator(BytesIO(path.read_bytes()), parse_http=True)
        if record.headers["WARC-Type"] == "response"
    )
    assert response.http_headers.status_code == 200
    assert response.reader.read() == EXCHANGE.body
