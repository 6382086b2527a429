from __future__ import annotations

import pytest
from PIL import Image

from crawler.images.size import ImageFacts, format_of, read_size, svg_size
from tests.images.pictures import SVG, bomb, late_jpeg, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_the_size_is_read_off_the_first_bytes(kind: str) -> None:
    data = picture(kind, 321, 123)
    expected = ImageFacts(kind.lower(), 321, 123)
    assert read_size(data) == expected
    assert read_size(data[:2048]) == expected


def test_a_picture_that_is_shown_turned_has_the_size_that_is_shown() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = read_size(picture("JPEG", 321, 123, exif=exif))
    assert (facts.width, facts.height) == (123, 321)


def test_where_the_size_comes_late_it_is_said_that_more_is_needed() -> None:
    data = late_jpeg(321, 123)
    assert read_size(data[:32_768]) == ImageFacts(
        "jpeg", problem="its size is not in its first bytes"
    )
    assert read_size(data[:262_144]) == ImageFacts("jpeg", 321, 123)


def test_the_size_of_a_bomb_costs_nothing() -> None:
    assert len(bomb()) < 10_000
    assert read_size(bomb()) == ImageFacts("png", 50_000, 50_000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><title>Not found</title>",
        b"RIFF0000WAVE",
        b"0000ftypmp42",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_image_is_told_as_that(data: bytes) -> None:
    assert read_size(data) == ImageFacts(problem="no image of a known kind")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_no_cut_and_no_change_of_a_byte_raises(kind: str) -> None:
    data = picture(kind, 32, 32)[:600]
    for at in range(len(data)):
        read_size(data[:at])
        read_size(data[:at] + b"\xff" + data[at + 1 :])


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        (b'<svg width="300" height="200"/>', (300, 200)),
        (b"<svg height='1in' width = '72pt'>", (96, 96)),
        (b'<svg viewBox="0 0 24 12">', (24, 12)),
        (b'<svg width="100%" height="50" viewBox="0,0,24,12">', (24, 12)),
        (b'<svg width="1e9" height="-5">', None),
        (b'<svg stroke-width="3" height="5">', None),
        (b'<svg width="0" height="5">', None),
        (b"<svg", None),
        (b"<p>", None),
    ],
)
def test_an_svg_says_its_size_in_its_first_tag(svg: bytes, size: tuple[int, int] | None) -> None:
    assert svg_size(svg) == size


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (SVG, "svg"),
        (b"\xef\xbb\xbf<!-- a --> <!DOCTYPE svg>\n<svg>", "svg"),
        (b"<html><svg>", None),
        (b"<svgish>", None),
        (b"\x00\x00\x00\x20ftypmif1\x00\x00\x00\x00mif1avif", "avif"),
        (b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00mif1heic", None),
    ],
)
def test_the_first_bytes_say_what_it_is(head: bytes, kind: str | None) -> None:
    assert format_of(head) == kind


def test_long_beginnings_of_svgs_take_no_time() -> None:
    assert format_of(b"<!--" * 100_000) is None
    assert format_of(b" " * 100_000 + b"<svg>") is None
    assert svg_size(b"<svg " + b"width " * 100_000) is None
