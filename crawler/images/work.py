"""What a worker does with an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.images.copies import look_through
from crawler.images.size import read_size

if TYPE_CHECKING:
    from crawler.images.size import ImageFacts


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
