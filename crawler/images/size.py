"""The size of an image by the first bytes of its file."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from crawler.images.formats import SVG, format_of
from crawler.images.svg import svg_size

_LARGEST_SIDE = 1_000_000


class ImageLibraryMissingError(RuntimeError):
    """A library that images need is not installed."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What was read off an image file.

    Attributes:
        format: as `crawler.images.formats`; None: it is no image.
        width, height: in pixels, as it is shown (EXIF may turn it); None: not found.
        problem: what is wrong with it; None where nothing is.
        thumbnail: a small JPEG of it, with its width and height.
    """

    format: str | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None
    thumbnail: tuple[bytes, int, int] | None = None


def read_size(head: bytes) -> ImageFacts:
    """Read the size off the beginning of a file; run it where a hostile file does no harm."""
    kind = format_of(head)
    if kind is None:
        return ImageFacts(problem="no image of a known kind")
    size = svg_size(head) if kind == SVG else _raster_size(head)
    if size is None or not all(0 < side <= _LARGEST_SIDE for side in size):
        return ImageFacts(kind, problem="its size is not in its first bytes")
    return ImageFacts(kind, *size)


def _raster_size(head: bytes) -> tuple[int, int] | None:
    from imagesize import get  # noqa: PLC0415 - an extra

    width, height = get(BytesIO(head))
    return None if width < 0 or height < 0 else (width, height)


def check_sizes_can_be_read() -> None:
    """Look whether the library is there.

    Raises:
        ImageLibraryMissingError: it is not.
    """
    try:
        import imagesize  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise ImageLibraryMissingError(
            "sizes of images need imagesize: pip install 'frontmatter-crawler[images]'"
        ) from error
