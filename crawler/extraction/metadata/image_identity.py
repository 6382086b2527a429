"""Which image URLs show one picture: the same file in other sizes, crops and formats."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

_MAX_URL: Final = 2_000
_EXTENSION: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?=\.|$)", re.IGNORECASE)
# What content systems add to a file's name for a size: -1024x768, _w800, -scaled, @2x.
_SIZE: Final = re.compile(r"(?:[-_@.](?:scaled|\d{2,4}x\d{2,4}|[whqr]_?\d{1,4}|\d{1,4}w|\dx))+$")
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{7,}")
_DISTINCT: Final = re.compile(r"[\d_-]")  # no mere word: "image.php"
_DATE: Final = re.compile(r"(?:19|20)\d{6,12}")
_LONG_ENOUGH: Final = 8  # letters of a name that is no "original" or "image-1"
_SEGMENTS: Final = 2  # of the path, from its end, in which names and identifiers stand


def image_keys(url: str) -> frozenset[str]:
    """What tells the picture of an absolute URL from others; two URLs that share a key show one.

    That is the name of the file without what tells its size, if it is long, and identifiers in
    it and in the folder around it; else the whole address.
    """
    parts = urlsplit(url[:_MAX_URL])
    path = unquote(parts.path).rstrip("/")
    segments = [segment.lower() for segment in path.split("/")[-_SEGMENTS:]]
    keys = {
        found
        for segment in segments
        for found in _IDENTIFIER.findall(segment)
        if not _DATE.fullmatch(found)
    }
    name = _SIZE.sub("", _EXTENSION.sub("", segments[-1] if segments else ""))
    if len(name) >= _LONG_ENOUGH and _DISTINCT.search(name):
        keys.add(name)
    if not keys:
        # Without a file's name the picture is told by the query: /image.php?id=5
        keys.add(path if _EXTENSION.search(path) else f"{path}?{parts.query}")
    return frozenset(keys)
