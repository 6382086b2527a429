"""Copies of images: looked through whole before they are kept, and named by what is in them."""

from __future__ import annotations

import warnings
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Final

from crawler.extras import how_to_get
from crawler.images.size import SVG, ImageFacts, ImageLibraryMissingError, read_size
from crawler.ledger.records import ImageRecord
from crawler.output.atomic import write_atomically
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image


_EXTENSIONS: Final = {"jpeg": "jpg"}
_NAME_LENGTH: Final = 40  # of the SHA-256 in hex


def record_of(facts: ImageFacts) -> ImageRecord:
    """Return what is remembered of an image that is not copied."""
    return ImageRecord(now_text(), facts.problem, False, facts.format, facts.width, facts.height)


def keep_copy(output: Path, facts: ImageFacts, data: bytes) -> ImageRecord:
    """Store a file that was looked through and its thumbnail; return what is remembered of it.

    Files are below `images/` of the output folder. One that is there already is right.

    Raises:
        OSError: a file cannot be written.
    """
    record = record_of(facts)
    if facts.problem is not None or facts.format is None:
        return record
    digest = sha256(data).hexdigest()[:_NAME_LENGTH]
    stem = f"images/{digest[:2]}/{digest}"
    file = f"{stem}.{_EXTENSIONS.get(facts.format, facts.format)}"
    _put(output, file, data)
    thumbnail, width, height = None, None, None
    if facts.thumbnail is not None:
        small, width, height = facts.thumbnail
        thumbnail = f"{stem}-{width}.jpg"
        _put(output, thumbnail, small)
    return ImageRecord(
        record.asked_at,
        format=facts.format,
        width=facts.width,
        height=facts.height,
        file=file,
        thumbnail=thumbnail,
        thumbnail_width=width,
        thumbnail_height=height,
    )


def _put(output: Path, name: str, data: bytes) -> None:
    path = output / name
    if not path.is_file() or path.is_symlink() or path.stat().st_size != len(data):
        write_atomically(path, data, root=output)


_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_QUALITY: Final = 80
_RESIZABLE: Final = frozenset({"L", "RGB", "RGBA", "CMYK", "YCbCr"})  # with filters, as they are
_TRANSPARENT_ON: Final = (255, 255, 255)


def look_through(data: bytes, *, most_pixels: int, thumbnail_width: int) -> ImageFacts:
    """Decode an image, of an animation its first frame; say what is wrong with it.

    Args:
        most_pixels: width times height; an image with more is not decoded.
        thumbnail_width: in pixels; 0 makes none. An image that is not wider has none.

    Raises:
        MemoryError: there is too little of it for an image of this size.
    """
    facts = read_size(data)
    if facts.format is None:
        return facts
    if facts.format == SVG:
        problem = "an SVG may have scripts, and is not kept"
        return ImageFacts(SVG, facts.width, facts.height, problem)
    from PIL import Image, ImageOps  # noqa: PLC0415 - an extra

    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # of broken metadata, which is nobody's business
            if image.width * image.height > most_pixels:
                problem = f"{image.width} x {image.height} are more pixels than are decoded"
                return ImageFacts(facts.format, image.width, image.height, problem)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            small = _thumbnail(image, thumbnail_width) if thumbnail_width else None
            return ImageFacts(facts.format, image.width, image.height, thumbnail=small)
    except MemoryError:
        raise  # says nothing of the file
    except Exception as error:  # noqa: BLE001 - decoders raise whatever a file makes them
        problem = f"cannot be decoded: {type(error).__name__}"
        if isinstance(error, Image.DecompressionBombError):
            problem = "it has more pixels than are decoded"
        return ImageFacts(facts.format, facts.width, facts.height, problem)


def _thumbnail(image: Image, width: int) -> tuple[bytes, int, int] | None:
    from PIL import Image as Images  # noqa: PLC0415 - an extra

    if image.width <= width:
        return None
    height = max(1, round(image.height * width / image.width))
    # Made small first, where the mode can be: a copy of the whole would take as much once more.
    if image.mode not in _RESIZABLE:
        image = image.convert("RGBA")
    small = image.resize((width, height), Images.Resampling.LANCZOS).convert("RGBA")
    flat = Images.new("RGB", small.size, _TRANSPARENT_ON)
    flat.paste(small, mask=small.getchannel("A"))
    buffer = BytesIO()
    flat.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue(), *flat.size


def check_copies_can_be_made() -> None:
    """Look whether the library is there.

    Raises:
        ImageLibraryMissingError: it is not.
    """
    try:
        import PIL  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        told = f"copies of images need {how_to_get('images')}"
        raise ImageLibraryMissingError(told) from error
