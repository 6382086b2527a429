"""What a worker does with an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.images.copies import look_through
from crawler.images.size import read_size

if TYPE_CHECKING:
    from crawler.images.size import ImageFacts


# Decoders hold an image several times: measured with 25 million pixels, a WebP takes 18, all others
# up to 10.
_BYTES_A_PIXEL: Final = 20
_ROOM: Final = 96 * 1024 * 1024


def image_memory(most_pixels: int) -> int:
    """Return the bytes that an image may take which is decoded up to so many pixels."""
    return _ROOM + _BYTES_A_PIXEL * most_pixels


@dataclass(frozen=True, slots=True)
class ImageJob:
    """An image file, or the beginning of one.

    Attributes:
        data: its bytes.
        most_pixels: 0: only the size is read; else it is decoded, up to so many pixels.
        thumbnail_width: of the thumbnail, in pixels; 0: none is made.
    """

    data: bytes
    most_pixels: int = 0
    thumbnail_width: int = 0


def study_image(job: ImageJob) -> ImageFacts:
    """Read what is asked for off an image."""
    if not job.most_pixels:
        return read_size(job.data)
    return look_through(job.data, most_pixels=job.most_pixels, thumbnail_width=job.thumbnail_width)
