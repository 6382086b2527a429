"""Which image URLs show one picture: the same file in other sizes, crops and formats."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

_MAX_URL: Final = 2_000
_EXTENSION: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?=\.|$)", re.IGNORECASE)
# What content systems add to a file's name for a size: -1024x768, _w800, -scaled, @2x, -1024-80.
_SIZE: Final = re.compile(
    r"(?:[-_@.](?:scaled|thumb|\d{2,4}x\d{2,4}|[whqr]_?\d{1,4}|\d{1,4}w|\dx|\d{3,4}-\d{2,3}))+$"
)
_IDENTIFIER: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-z])[0-9a-f]{12,}(?![0-9a-z])|\d{7,}"
)
_DATE: Final = re.compile(r"(?:19|20)\d{6,12}")
_RESIZING: Final = re.compile(
    r"(?:(?:w|h|width|height|size|quality|q|fit|auto|format|crop|dpr|v)=[^&]*+(?:&|$))++"
)
_SEGMENT: Final = re.compile(r"[/?&=,;]")
_LONG_ENOUGH: Final = 8  # letters of a name
_FORMS: Final = frozenset(  # long names that tell of a size or a use
    {"original", "thumbnail", "rawimage", "featured", "landscape", "portrait", "fullsize"}
    | {"superjumbo", "facebook", "download"}
)


def image_keys(url: str) -> frozenset[str]:
    """What tells the picture of an absolute URL from others; two URLs that share a key show one.

    That is the name of the file without what tells its size, where it is long, and identifiers
    in it; else the address without its query if that only resizes.
    """
    parts = urlsplit(url[:_MAX_URL])
    path = unquote(parts.path).rstrip("/")
    keys = _names([path.rpartition("/")[2].lower()])
    if not keys:
        is_whole = _EXTENSION.search(path) or _RESIZING.fullmatch(parts.query)
        keys.add(path if is_whole else f"{path}?{parts.query}")
    return frozenset(keys)


def kinship_keys(url: str) -> frozenset[str]:
    """As `image_keys`, but of the whole URL: those that share none do not show one picture."""
    address = url[:_MAX_URL].partition("://")[2].partition("/")[2]
    return frozenset(_names(_SEGMENT.split(unquote(unquote(address)).lower())))


def _names(segments: list[str]) -> set[str]:
    names: set[str] = set()
    for segment in segments:
        found = _IDENTIFIER.findall(segment)
        names.update(text for text in found if not _DATE.fullmatch(text))
        extension = _EXTENSION.search(segment)
        if extension:
            name = _SIZE.sub("", segment[: extension.start()])
            if len(name) >= _LONG_ENOUGH and name not in _FORMS:
                names.add(name)
    return names
