"""Small files that would be large: they are refused, in little time and memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
import textwrap
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, read_answer
from crawler.warc.records import WarcError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MEBIBYTE = 1024 * 1024
URL = "http://a.example/x"
RECORD = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\n".encode()
HTTP = b"Content-Type: application/http; msgtype=response\r\n"
LINES, LINE = b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * MEBIBYTE


def record(content: bytes, more: bytes = b"") -> bytes:
    length = f"Content-Length: {len(content)}\r\n".encode()
    return RECORD + HTTP + more + length + b"\r\n" + content + b"\r\n\r\n"


GOOD = record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>here")
ENDLESS = RECORD + HTTP + b"Content-Length: 99999999999\r\n\r\n"
ANSWER, REQUEST = b"HTTP/1.1 200 OK\r\n", b"GET / HTTP/1.1\r\n"
TWICE = gzip.compress(b"WARC/1.1\r\n" + LINES * 300_000, 6)
# What a file begins with, and what follows so many times.
BOMBS: dict[str, tuple[bytes, bytes, int]] = {
    "many lines in the record's header": (b"WARC/1.1\r\n", LINES, 300_000),
    "one line in the record's header": (b"WARC/1.1\r\nX: ", LINE, 300),
    "one line for the record's version": (b"WARC/1.1", LINE, 300),
    "one continued line": (RECORD + b"X: y\r\n", b" " + b"z" * 1000 + b"\r\n", 300_000),
    "many lines in the message's header": (ENDLESS + ANSWER, LINES, 300_000),
    "one line in the message's header": (ENDLESS + ANSWER + b"X: ", LINE, 300),
    "one line for the message's status": (ENDLESS + b"HTTP/1.1 200 ", LINE, 300),
    "a request's header": (ENDLESS.replace(b"response", b"request") + REQUEST, LINES, 300_000),
    "a line after the record": (GOOD, LINE, 300),
    "blank lines after the record": (GOOD, b"\r\n" * 1000, 100_000),
    "a header that is packed once more": (TWICE, b"", 0),
}


def packed(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return b"".join(map(packer.compress, pieces)) + packer.flush()


def measured(path: Path, work: str) -> tuple[str, int]:
    """Run something with the file in a process of its own; return what it printed and its peak."""
    source = f"""
        import resource, sys
        from pathlib import Path
        from crawler.warc.records import WarcError
        from crawler.warc.index import CaptureIndex
        from crawler.warc.reader import read_answer
        from crawler.warc.reader import captures_in

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        path = Path(sys.argv[1])
        captures = captures_in(path, should_stop=lambda: False)
        try:
            print({work})
        except WarcError as error:
            print(f"refused: {{error}}")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source), path],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert done.stderr == ""
    told, _, kibibytes = done.stdout.strip().rpartition("\n")
    return told, int(kibibytes) * 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_header_that_has_no_end_is_refused(tmp_path: Path, name: str) -> None:
    first, again, times = BOMBS[name]
    path = tmp_path / "x.warc.gz"
    path.write_bytes(packed([first, *[again] * times]))
    assert path.stat().st_size < 3 * MEBIBYTE
    told, peak = measured(path, "len(list(captures))")
    assert told.startswith("refused: ") or told == "0"
    assert peak < 50 * MEBIBYTE


def test_a_header_that_has_no_end_is_refused_where_nothing_is_packed(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(GOOD + b"WARC/1.1\r\nX: " + LINE * 60)
    told, peak = measured(path, "len(list(captures))")
    assert told.startswith("refused: ")
    assert peak < 50 * MEBIBYTE


@pytest.mark.parametrize("size", [b"7fffffff", b"10000000"])
def test_no_more_of_a_chunk_is_read_than_is_wanted(tmp_path: Path, size: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n"
    length = f"Content-Length: {len(head) + 300 * MEBIBYTE}\r\n\r\n".encode()
    path = tmp_path / "x.warc.gz"
    path.write_bytes(packed([RECORD + HTTP + length + head, *[b"a" * MEBIBYTE] * 300]))
    answer = f"read_answer(i, {URL!r}, most=4000000)"
    work = f"(i := CaptureIndex(), i.add(captures), len({answer}.body))[2]"
    told, peak = measured(path, work)
    assert told == "4000001"
    assert peak < 60 * MEBIBYTE


@pytest.mark.parametrize("name", ["x.warc", "x.warc.gz"])
def test_a_header_as_long_as_an_answer_may_have_is_read(tmp_path: Path, name: str) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(250))
    content = b"HTTP/1.1 200 OK\r\n" + fields + b"X: " + b"b" * 8000 + b"\r\n\r\n<p>here"
    pack = gzip.compress if name.endswith(".gz") else bytes
    path = tmp_path / name
    path.write_bytes(pack(record(content)) + pack(GOOD))
    captures = list(captures_in(path, should_stop=lambda: False))
    assert len(captures) == 2
    index = CaptureIndex()
    index.add(captures[:1])
    answer = read_answer(index, URL, most=100)
    assert (answer.body, len(answer.headers)) == (b"<p>here", 251)


def test_what_a_file_says_between_records_is_not_printed(
    write_warc: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_warc({"url": URL, "body": b"a\x1b]0;x\x07\nb"}, {"url": URL}, name="x.warc")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"a\x1b]0;x\x07\nb", b"a\x1b]0;x\x07\nb and \x1b[31m more\n", 1))
    with suppress(WarcError):
        list(captures_in(path, should_stop=lambda: False))
    assert capfd.readouterr() == ("", "")
