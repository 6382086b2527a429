"""Bodies that are no text, whatever their label says."""

from __future__ import annotations

from typing import Final

_LOOKED_AT: Final = 1024  # bytes
_MOST: Final = 16  # of them; damaged pages hold some, images and archives hundreds
# "Binary data bytes" of the MIME Sniffing standard, section 3.
_BINARY: Final = bytes({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_UTF16_MARKS: Final = (b"\xfe\xff", b"\xff\xfe")


def looks_binary(body: bytes, content_type: str = "") -> bool:
    """Whether a body is an image, an archive or the like; UTF-16 is text."""
    if body.startswith(_UTF16_MARKS) or "utf-16" in content_type.lower():
        return False
    start = body[:_LOOKED_AT]
    return len(start) - len(start.translate(None, _BINARY)) > _MOST
