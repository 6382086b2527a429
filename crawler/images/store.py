"""Where copies of images go: named by what is in them, so that one file serves all articles."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from crawler.ledger.records import ImageRecord
from crawler.moments import now_text
from crawler.output.atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.images.size import ImageFacts

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
