from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from crawler.extraction.pool.extraction_pool import ExtractionKilledError, ExtractionPool
from crawler.images.copies import look_through
from crawler.images.policy import ImageJob, image_memory, study_image
from crawler.images.size import ImageFacts
from tests.images.pictures import SVG, bomb, picture

PIXELS = 1_000_000


def look(data: bytes, width: int = 0) -> ImageFacts:
    return look_through(data, most_pixels=PIXELS, thumbnail_width=width)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_a_good_picture_has_nothing_wrong_with_it(kind: str) -> None:
    assert look(picture(kind)) == ImageFacts(kind.lower(), 640, 480)


def test_a_thumbnail_is_a_small_jpeg_of_it() -> None:
    thumbnail = look(picture("PNG"), 160).thumbnail
    assert thumbnail is not None
    data, width, height = thumbnail
    with Image.open(BytesIO(data)) as small:
        assert (small.format, small.size) == ("JPEG", (160, 120))
    assert (width, height) == (160, 120)
    assert look(picture("PNG"), 640).thumbnail is None


def test_what_is_transparent_is_white_in_the_thumbnail() -> None:
    buffer = BytesIO()
    Image.new("RGBA", (200, 100), (0, 0, 0, 0)).save(buffer, "PNG")
    thumbnail = look(buffer.getvalue(), 50).thumbnail
    assert thumbnail is not None
    with Image.open(BytesIO(thumbnail[0])) as small:
        assert small.getpixel((10, 10)) == (255, 255, 255)


def test_a_thumbnail_is_turned_as_the_picture_is_shown() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = look(picture("JPEG", 400, 200, exif=exif), 100)
    assert (facts.width, facts.height) == (200, 400)
    assert facts.thumbnail is not None
    assert facts.thumbnail[1:] == (100, 200)


def test_a_bomb_is_not_decoded_and_its_size_is_known() -> None:
    facts = look(bomb())
    assert (facts.format, facts.width, facts.height) == ("png", 50_000, 50_000)
    assert facts.problem is not None
    assert "more pixels than are decoded" in facts.problem


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_picture_that_breaks_off_is_no_good(kind: str) -> None:
    data = picture(kind)
    facts = look(data[: len(data) // 2])
    assert facts.problem is not None
    assert facts.problem.startswith("cannot be decoded")
    assert (facts.width, facts.height) == (640, 480)


def test_an_svg_is_not_kept() -> None:
    facts = look(SVG)
    assert facts == ImageFacts("svg", 300, 200, "an SVG may have scripts, and is not kept")


def test_what_is_no_picture_is_not_kept() -> None:
    assert look(b"<html>").problem == "no image of a known kind"


def test_a_worker_reads_sizes_or_looks_pictures_through() -> None:
    data = picture("PNG")
    assert study_image(ImageJob(data[:500])) == ImageFacts("png", 640, 480)
    assert study_image(ImageJob(data[:500], PIXELS)).problem is not None
    assert study_image(ImageJob(data, PIXELS, 100)).thumbnail is not None


TURNED = Image.Exif()
TURNED[0x0112] = 6
LARGE: dict[str, tuple[str, dict[str, Any]]] = {
    "camera": ("JPEG", {"quality": 30}),
    "progressive": ("JPEG", {"quality": 60, "progressive": True, "subsampling": 0}),
    "turned": ("JPEG", {"quality": 30, "exif": TURNED}),
    "webp": ("WEBP", {"quality": 30, "method": 0}),
    "lossless": ("WEBP", {"lossless": True, "quality": 0, "method": 0}),
    "png": ("PNG", {"compress_level": 1}),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_picture_of_as_many_pixels_as_are_kept_fits_into_the_worker(name: str) -> None:
    kind, options = LARGE[name]
    buffer = BytesIO()
    small = Image.effect_noise((600, 400), 60).convert("RGB")
    small.resize((6000, 4166)).save(buffer, kind, **options)
    facts = in_a_worker(buffer.getvalue(), image_memory(25_000_000))
    assert facts.problem is None
    assert facts.thumbnail is not None
    sides = {facts.width, facts.height}
    assert sides == {6000, 4166}


def test_too_little_memory_is_no_defect_of_a_picture() -> None:
    with pytest.raises(ExtractionKilledError) as raised:
        in_a_worker(picture("PNG", 4000, 2000), 20 << 20)
    assert raised.value.reason == "memory"


def in_a_worker(data: bytes, memory: int) -> ImageFacts:
    async def study() -> ImageFacts:
        pool = ExtractionPool(study_image, ImageFacts, workers=1, memory_bytes=memory)
        try:
            return await pool.extract(ImageJob(data, 25_000_000, 400))
        finally:
            await pool.close()

    return asyncio.run(study())
