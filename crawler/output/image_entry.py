"""What is said of an image in the front matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.extraction.article import Image
    from crawler.ledger.records import ImageRecord


def image_entry(image: Image, record: ImageRecord | None) -> dict[str, Any]:
    """Return the entry of an article's image.

    Args:
        record: what was learned of its file, whose word on its size counts more than the page's.
    """
    has_size = record is not None and record.width is not None and record.height is not None
    size = record if record is not None and has_size else image
    entry: dict[str, Any] = {"url": image.url, "width": size.width, "height": size.height}
    entry["alt"] = image.alt
    if record is not None and record.file is not None:
        entry |= {"isCached": True, "path": record.file}
        entry["thumbnail"] = {
            "path": record.thumbnail,
            "width": record.thumbnail_width,
            "height": record.thumbnail_height,
        }
    return entry
