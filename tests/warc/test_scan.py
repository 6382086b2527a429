"""What a pass over a WARC file finds, whole or broken off."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from crawler.warc.reader import captures_in, whole_length
from crawler.warc.records import WarcError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = {"url": "http://a.example/"}, {"url": "https://b.example/x"}


def urls(path: Path) -> list[str]:
    return [capture.url for capture in captures_in(path, should_stop=lambda: False)]


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_answers_are_found_and_other_records_passed_over(
    write_warc: Callable[..., Path], name: str
) -> None:
    request = {"url": "http://a.example/", "kind": "request", "status": None}
    request |= {"body": b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"}
    meta = {"url": "http://a.example/", "kind": "metadata", "body": b"x: y", "status": None}
    path = write_warc(A, request, meta, B, name=name)
    assert urls(path) == ["http://a.example/", "https://b.example/x"]
    first, second = captures_in(path, should_stop=lambda: False)
    assert (first.status, first.content_type, first.taken_at) == (
        200,
        "text/html",
        "2024-05-14T06:30:00Z",
    )
    assert second.offset > first.offset == 0


def test_an_answer_that_nothing_has_changed_is_not_one_to_give(
    write_warc: Callable[..., Path],
) -> None:
    assert (
        urls(write_warc({**A, "kind": "revisit", "status": "304 Not Modified", "body": b""})) == []
    )


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
@pytest.mark.parametrize("cut", [6, 40, 150])
def test_a_last_record_that_breaks_off_is_passed_over(
    write_warc: Callable[..., Path], name: str, cut: int
) -> None:
    path = write_warc(A, B, name=name)
    path.write_bytes(path.read_bytes()[:-cut])
    assert urls(path) == ["http://a.example/"]


def test_whole_members_are_told_from_a_broken_one(write_warc: Callable[..., Path]) -> None:
    path = write_warc(A)
    size = path.stat().st_size
    assert whole_length(path) == size
    with path.open("ab") as file:
        file.write(gzip.compress(b"more")[:-3])
    assert whole_length(path) == size


def test_damage_in_the_middle_is_told_with_its_place(write_warc: Callable[..., Path]) -> None:
    path = write_warc(A, B)
    offset = list(captures_in(path, should_stop=lambda: False))[1].offset
    data = bytearray(path.read_bytes())
    data[offset + 30 : offset + 60] = bytes(30)
    path.write_bytes(data)
    with pytest.raises(WarcError, match=f"damaged at byte {offset}"):
        urls(path)


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(pack(b"<html>\n" * 50))
    with pytest.raises(WarcError, match=r"x\.warc\.gz"):
        urls(path)


def test_one_gzip_stream_of_all_records_is_refused_with_advice(
    write_warc: Callable[..., Path],
) -> None:
    path = write_warc(A, B)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    with pytest.raises(WarcError, match="warcio recompress"):
        urls(path)


def test_a_pass_ends_when_it_should(write_warc: Callable[..., Path]) -> None:
    assert list(captures_in(write_warc(A, B), should_stop=lambda: True)) == []
