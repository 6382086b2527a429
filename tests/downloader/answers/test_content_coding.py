"""Bodies are decoded whole or not at all, and no bomb is unpacked."""

from __future__ import annotations

import gzip
import os
import sys
import tracemalloc
import zlib

import brotli
import pytest

from crawler.downloader.content_coding import (
    DECODABLE,
    BodyTooLargeError,
    DamagedBodyError,
    TruncatedBodyError,
    decode_body,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEBIBYTE = 1024 * 1024
LIMIT = 4 * MEBIBYTE
PAGE = b"<!DOCTYPE html><p>The old footbridge stays open.</p>" * 4_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "brotli": brotli.compress,
    "zstd": zstd.compress,
}
STREAMS = [*PACK.items(), ("deflate", raw_deflate)]
IDS = [*PACK, "raw deflate"]
every_stream = pytest.mark.parametrize(("coding", "pack"), STREAMS, ids=IDS)


def bomb(coding: str, mebibytes: int) -> bytes:
    """So many MiB of zeros, compressed in a stream."""
    zeros = bytes(MEBIBYTE)
    packer = {
        "gzip": lambda: zlib.compressobj(9, wbits=31),
        "deflate": lambda: zlib.compressobj(9),
        "br": lambda: brotli.Compressor(quality=1),
        "zstd": lambda: zstd.ZstdCompressor(level=1),
    }[coding]()
    add = packer.process if coding == "br" else packer.compress
    end = packer.finish if coding == "br" else packer.flush
    return b"".join([*(add(zeros) for _ in range(mebibytes)), end()])


def test_every_coding_has_a_test() -> None:
    assert set(PACK) == DECODABLE


@every_stream
@pytest.mark.parametrize("data", [b"", b"x", PAGE, os.urandom(300_000)])
def test_a_whole_body_comes_out_as_it_went_in(coding, pack, data) -> None:
    assert decode_body(pack(data), [coding], LIMIT) == data


@every_stream
def test_a_body_that_breaks_off_anywhere_is_truncated_and_never_whole(coding, pack) -> None:
    data = os.urandom(500) + PAGE[:2_000]
    packed = pack(data)
    for length in range(1, len(packed)):
        with pytest.raises(TruncatedBodyError):
            decode_body(packed[:length], [coding], LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "zstd"])
def test_a_changed_byte_is_noticed_where_the_coding_has_a_checksum(coding) -> None:
    options = {zstd.CompressionParameter.checksum_flag: True}
    packed = zstd.compress(PAGE, options=options) if coding == "zstd" else PACK[coding](PAGE)
    middle = len(packed) // 2
    damaged = packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]
    with pytest.raises((DamagedBodyError, TruncatedBodyError)):
        decode_body(damaged, [coding], LIMIT)


@every_stream
def test_random_bytes_are_damaged_or_break_off(coding, pack) -> None:
    with pytest.raises((DamagedBodyError, TruncatedBodyError)):
        decode_body(b"\x07\x00\xff\xfe" * 50_000, [coding], LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_never_unpacked(coding) -> None:
    packed = bomb(coding, 256)
    assert len(packed) < MEBIBYTE
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLargeError):
            decode_body(packed, [coding], LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMIT
    finally:
        tracemalloc.stop()


def test_a_bomb_inside_a_bomb_is_never_unpacked() -> None:
    twice = gzip.compress(bomb("gzip", 256))
    with pytest.raises(BodyTooLargeError):
        decode_body(twice, ["gzip", "gzip"], LIMIT)


@every_stream
def test_the_limit_is_the_last_size_that_passes(coding, pack) -> None:
    assert len(decode_body(pack(PAGE), [coding], len(PAGE))) == len(PAGE)
    with pytest.raises(BodyTooLargeError):
        decode_body(pack(PAGE), [coding], len(PAGE) - 1)


def test_no_limit_is_no_limit() -> None:
    assert decode_body(gzip.compress(PAGE), ["gzip"], 0) == PAGE


def test_codings_are_undone_last_one_first() -> None:
    assert decode_body(gzip.compress(brotli.compress(PAGE)), ["br", "gzip"], LIMIT) == PAGE


def test_a_third_coding_is_refused() -> None:
    thrice = gzip.compress(gzip.compress(gzip.compress(PAGE)))
    with pytest.raises(DamagedBodyError):
        decode_body(thrice, ["gzip"] * 3, LIMIT)


@pytest.mark.parametrize("coding", PACK)
def test_a_label_that_is_there_too_often_is_passed_over(coding: str) -> None:
    assert decode_body(PACK[coding](PAGE), [coding] * 3, LIMIT) == PAGE


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_one_after_the_other_are_one_body(coding) -> None:
    assert decode_body(PACK[coding](b"one") + PACK[coding](PAGE), [coding], LIMIT) == b"one" + PAGE


def test_a_second_member_that_breaks_off_is_no_padding() -> None:
    with pytest.raises(TruncatedBodyError):
        decode_body(gzip.compress(PAGE) + gzip.compress(PAGE)[:-1], ["gzip"], LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
@pytest.mark.parametrize("padding", [bytes(512), b"\r\n", b"<!-- cached -->"])
def test_padding_after_the_end_is_passed_over(coding, padding) -> None:
    assert decode_body(PACK[coding](PAGE) + padding, [coding], LIMIT) == PAGE


def test_a_million_empty_members_are_refused() -> None:
    with pytest.raises(DamagedBodyError):
        decode_body(gzip.compress(b"") * 50_000, ["gzip"], LIMIT)


def test_a_zstd_window_of_a_gigabyte_is_not_granted() -> None:
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    greedy = packer.compress(PAGE) + packer.flush()
    with pytest.raises(DamagedBodyError):
        decode_body(greedy, ["zstd"], LIMIT)


@pytest.mark.parametrize("said", PACK)
@every_stream
def test_a_body_in_another_coding_than_is_said_is_decoded(coding, pack, said) -> None:
    assert decode_body(pack(PAGE), [said], LIMIT) == PAGE


@pytest.mark.parametrize("said", PACK)
@every_stream
def test_no_part_of_a_body_passes_for_a_whole_one_in_another_coding(coding, pack, said) -> None:
    packed = pack(os.urandom(300) + PAGE[:1_000])
    for length in range(200, len(packed)):  # a few bytes may be text by chance
        with pytest.raises((TruncatedBodyError, DamagedBodyError)):
            decode_body(packed[:length], [said], LIMIT)


@pytest.mark.parametrize("said", PACK)
@pytest.mark.parametrize(
    "image",
    [
        *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\1\2\3WEBP"),
        b"\0\0\0\x1cftypavif",
    ],
)
def test_an_image_that_is_only_labelled_as_coded_is_the_image(said, image) -> None:
    body = image + os.urandom(5_000)
    assert decode_body(body, [said], LIMIT) == body


@pytest.mark.parametrize("coding", PACK)
def test_a_page_that_is_only_labelled_as_coded_is_the_page(coding) -> None:
    assert decode_body(PAGE, [coding], LIMIT) == PAGE
    robots = "User-agent: Üben\n".encode()
    assert decode_body(robots, [coding], LIMIT) == robots
    latin = "<!DOCTYPE html><p>Übung</p>".encode("latin-1")
    assert decode_body(latin, [coding], LIMIT) == latin


@every_stream
def test_a_download_that_was_stopped_gives_what_there_is(coding, pack) -> None:
    data = os.urandom(200_000)
    start = decode_body(pack(data)[:150_000], [coding], LIMIT, partial=True)
    assert data.startswith(start)
    assert len(start) > 10_000


def test_a_stopped_download_is_held_to_the_limit_all_the_same() -> None:
    with pytest.raises(BodyTooLargeError):
        decode_body(bomb("gzip", 16)[:-5], ["gzip"], LIMIT, partial=True)
