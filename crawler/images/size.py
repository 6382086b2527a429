"""What kind of image a file is, and how large, by the first bytes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from crawler.extras import how_to_get

SVG: Final = "svg"
_STARTS: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "webp"),
    (re.compile(rb".{4}ftyp(?:.{4}){0,8}?avi[fs]", re.DOTALL), "avif"),
    # An XML declaration, comments and a document type may come first.
    (re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]*>|<![^>]*>)*<svg[\s>]"), SVG),
)


def format_of(head: bytes) -> str | None:
    """Return "png", "jpeg", "gif", "webp", "avif" or "svg"; None: it is none of these."""
    return next((name for start, name in _STARTS if start.match(head[:4096])), None)


_ROOT: Final = re.compile(r"<svg\b[^>]{0,8000}", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"\s(width|height|viewbox)\s*=\s*[\"']([^\"']{0,200})", re.IGNORECASE
)
_LENGTH: Final = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(px|pt|pc|in|cm|mm)?\s*")
# Pixels of CSS (CSS Values and Units 3, section 6.2).
_PIXELS: Final = {"px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 9.6 / 2.54}


def svg_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, by its attributes or else its view box."""
    root = _ROOT.search(head[:16_384].decode("utf-8", "replace"))
    if root is None:
        return None
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(root[0])}
    sides = [_pixels(attributes.get(name, "")) for name in ("width", "height")]
    if None in sides:
        box = attributes.get("viewbox", "").replace(",", " ").split()
        sides = [_pixels(side) for side in box[2:4]]
    width, height = sides if len(sides) == 2 else (None, None)  # noqa: PLR2004 - a width and a height
    return (width, height) if width and height else None


def _pixels(length: str) -> int | None:
    match = _LENGTH.fullmatch(length)
    return None if match is None else round(float(match[1]) * _PIXELS[match[2] or "px"])


_LARGEST_SIDE = 1_000_000


class ImageLibraryMissingError(RuntimeError):
    """A library that images need is not installed."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What was read off an image file.

    Attributes:
        format: as `crawler.images.size`; None: it is no image.
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
        told = f"sizes of images need {how_to_get('images')}"
        raise ImageLibraryMissingError(told) from error
