"""What kind of image a file is, by its first bytes, whatever its server calls it."""

from __future__ import annotations

import re
from typing import Final

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
