"""The path that a browser asks for: without dot segments (URL Standard; RFC 3986, 5.2.4)."""

from __future__ import annotations

import re
from typing import Final

_HERE: Final = re.compile(r"\.|%2e", re.IGNORECASE)
_UP: Final = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)
_IS_THERE_ANY: Final = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
_PARTS: Final = re.compile(r"(https?://[^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def without_dot_segments(url: str) -> str:
    """Return an absolute http or https URL with the dot segments of its path resolved.

    Those that are percent-encoded are some, too. All else stays as it is, so that what robots.txt
    is asked about is what the server is asked for.
    """
    if _IS_THERE_ANY.search(url) is None or (parts := _PARTS.fullmatch(url)) is None:
        return url
    before, path, rest = parts.groups()
    return f"{before}{_resolved(path)}{rest}" if path else url


def _resolved(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if _UP.fullmatch(segment):
            del kept[-1:]
        elif not _HERE.fullmatch(segment):
            kept.append(segment)
    is_folder = bool(segments) and (_UP.fullmatch(segments[-1]) or _HERE.fullmatch(segments[-1]))
    return "/" + "/".join([*kept, ""] if is_folder and kept else kept)
