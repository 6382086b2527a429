"""The size that an SVG asks for, without parsing its XML: that may be a bomb."""

from __future__ import annotations

import re
from typing import Final

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
