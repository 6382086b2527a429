"""Which recorded answer a URL gets, and what is in it."""

from __future__ import annotations

import gzip
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from crawler.warc.index import CaptureIndex
from crawler.warc.reader import captures_in, read_answer
from crawler.warc.records import NotRecordedError, WarcError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.warc.records import RecordedAnswer

URL = "http://a.example/x"
EARLY, LATE = "2024-05-14T06:30:00Z", "2024-06-01T00:00:00.5Z"


@pytest.fixture
def answer(write_warc: Callable[..., Path]) -> Callable[..., RecordedAnswer]:
    """The answer that records give for a URL."""

    def read(*records: dict[str, Any], url: str = URL, most: int = 1000) -> RecordedAnswer:
        index = CaptureIndex()
        index.add(captures_in(write_warc(*records), should_stop=lambda: False))
        return read_answer(index, url, most=most)

    return read


def test_the_answer_has_status_headers_body_and_time(
    answer: Callable[..., RecordedAnswer],
) -> None:
    fields = (("X-A", "1"), ("X-A", "2"), ("Content-Encoding", "gzip"))
    body = gzip.compress(b"packed")
    given = answer({"url": URL, "body": body, "headers": fields, "status": "404 No", "at": LATE})
    assert given.status == 404
    assert given.headers == ((b"X-A", b"1"), (b"X-A", b"2"), (b"Content-Encoding", b"gzip"))
    assert given.body == body
    assert given.taken_at == "2024-06-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"3  \nabc\n2;x\nde\n0\n", b"abcde"),
        (b"unpacked already", b"unpacked already"),
        (b"add\r\n" + b"x" * 0xADD + b"\r\n0\r\n\r\n", b"x" * 1_001),  # no more than is wanted
        (b"5\r\nabc", b"abc"),
    ],
)
@pytest.mark.parametrize("coding", ["chunked", " Chunked", "identity, chunked"])
def test_chunks_are_joined(
    answer: Callable[..., RecordedAnswer], body: bytes, read: bytes, coding: str
) -> None:
    given = answer({"url": URL, "body": body, "headers": (("Transfer-Encoding", coding),)})
    assert given.body == read
    assert given.headers == ()


def test_no_more_of_a_body_is_read_than_wanted(answer: Callable[..., RecordedAnswer]) -> None:
    assert len(answer({"url": URL, "body": b"x" * 500_000}, most=100).body) == 101


def test_the_last_good_answer_counts_and_else_the_last(
    answer: Callable[..., RecordedAnswer],
) -> None:
    good, later = {"url": URL, "body": b"1", "at": EARLY}, {"url": URL, "body": b"2", "at": LATE}
    gone = {"url": URL, "body": b"3", "at": "2025-01-01T00:00:00Z", "status": "410 Gone"}
    assert answer(later, good, gone).body == b"2"
    assert answer(gone).body == b"3"


def test_another_spelling_stands_for_a_url_unless_it_redirects(
    answer: Callable[..., RecordedAnswer],
) -> None:
    other = {"url": "https://www.a.example/x?utm_source=feed", "body": b"there"}
    moved = {"url": "https://a.example/x", "status": "301 Moved", "body": b""}
    assert answer(other, moved).body == b"there"
    assert answer(other, moved, url="https://a.example/x").status == 301
    with pytest.raises(NotRecordedError):
        answer(moved)


def test_a_revisit_gives_its_own_head_and_the_body_it_refers_to(
    answer: Callable[..., RecordedAnswer],
) -> None:
    digest = "sha1:AAAA"
    first = {"url": "http://b.example/", "body": b"same", "at": EARLY}
    other = {"url": URL, "body": b"another"}
    again = {"url": URL, "kind": "revisit", "body": b"", "headers": (("X-Again", "1"),)}
    again |= {"at": LATE, "WARC_Payload_Digest": digest}
    to = {"WARC_Refers_To_Target_URI": "http://b.example/", "WARC_Refers_To_Date": EARLY}
    given = answer(first | {"WARC_Payload_Digest": digest}, other, again | to)
    assert (given.body, given.headers) == (b"same", ((b"X-Again", b"1"),))
    by_digest = answer(first | {"WARC_Payload_Digest": digest}, other, again)
    assert by_digest.body == b"same"
    with pytest.raises(NotRecordedError, match="revisit of a record elsewhere"):
        answer(again)


def test_a_revisit_without_a_head_is_as_the_record_was(
    answer: Callable[..., RecordedAnswer],
) -> None:
    known = {"WARC_Payload_Digest": "sha1:AAAA"}
    first = {"url": "http://b.example/", "body": b"same", "headers": (("X-A", "1"),)} | known
    given = answer(first, {"url": URL, "kind": "revisit", "status": None, "body": b""} | known)
    assert (given.status, given.body, given.headers) == (200, b"same", ((b"X-A", b"1"),))


def test_what_is_not_there_is_said(answer: Callable[..., RecordedAnswer]) -> None:
    with pytest.raises(NotRecordedError, match="no answer for this URL"):
        answer({"url": "http://a.example/other"})


def test_an_answer_that_was_cut_is_known_as_such(answer: Callable[..., RecordedAnswer]) -> None:
    assert answer({"url": URL, "WARC_Truncated": "length"}).is_cut
    assert not answer({"url": URL}).is_cut


def test_a_file_that_was_replaced_meanwhile_is_noticed(write_warc: Callable[..., Path]) -> None:
    index = CaptureIndex()
    index.add(captures_in(write_warc({"url": URL}), should_stop=lambda: False))
    write_warc({"url": "http://b.example/"})
    with pytest.raises(WarcError, match="has changed"):
        read_answer(index, URL, most=10)


def test_an_index_gives_back_all_captures_in_order(write_warc: Callable[..., Path]) -> None:
    captures = list(
        captures_in(
            write_warc(*({"url": f"http://a.example/{n}"} for n in range(1200))),
            should_stop=lambda: False,
        )
    )
    index = CaptureIndex()
    assert index.add(captures) == 1200
    first = index.after(0, 1000)
    assert [capture for _, capture in first + index.after(first[-1][0], 1000)] == captures


def test_the_memory_of_an_index_does_not_grow_with_it() -> None:
    program = """
        import resource
        from pathlib import Path
        from crawler.warc.index import CaptureIndex
        from crawler.warc.records import Capture
        def captures(first, last):
            for n in range(first, last):
                yield Capture(f"https://a.example/{'x' * 200}/{n}", 200, "", "", Path("f"), n)
        index = CaptureIndex()
        index.add(captures(0, 10_000))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        index.add(captures(10_000, 50_000))
        assert index.find(f"https://a.example/{'x' * 200}/49999").offset == 49_999
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    rows = 40_000 * 2 * 220 / 1024  # KiB: each URL and its key
    assert int(done.stdout) < rows / 3
