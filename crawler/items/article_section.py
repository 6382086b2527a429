"""The article at the end of an item's body, between two comments, as lines of text."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_BEGIN: Final = re.compile(r"^<!-- article:begin \S+ -->\r?$", re.MULTILINE)
_NOWHERE: Final = "about:blank"
_END_MARKER: Final = "<!-- article:end -->"
_END: Final = re.compile(rf"^{_END_MARKER}\r?(?:\n|\Z)", re.MULTILINE)
# What could end the comment, start a template's tag, break the line or reorder what it shows.
_UNSAFE_IN_MARKER: Final = re.compile(
    r"[<>{}\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|-(?=-)"
)


class EndMarkerMissingError(ValueError):
    """An article begins and does not end.

    Attributes:
        start: where its begin marker is in the text that was searched.
    """

    def __init__(self, start: int) -> None:
        super().__init__(f"the article does not end: there is no line '{_END_MARKER}'")
        self.start = start


def section_for(url: str, markdown: str, newline: str) -> str:
    """Write an article, with the line ending that goes before its begin marker.

    Args:
        url: where the article is from; unsafe characters are percent-encoded.
        markdown: the article, with LF.
        newline: the file's line ending.

    Raises:
        ValueError: the URL is empty, or a line of the Markdown is a marker.
    """
    if not url:
        raise ValueError("an article needs a URL")
    if has_begin_marker(markdown) or _END.search(markdown):
        raise ValueError("a line of the article's Markdown is one of the markers around it")
    lines = (_begin_marker(url), "", markdown.strip("\n"), "", _END_MARKER, "")
    return newline + "\n".join(lines).replace("\n", newline)


def empty_section(newline: str) -> str:
    """Write a section without an article, for a body whose own lines look like markers."""
    lines = (_begin_marker(_NOWHERE), _END_MARKER, "")
    return newline + newline.join(lines)


def has_begin_marker(text: str) -> bool:
    """Say whether a line looks like a begin marker."""
    return _BEGIN.search(text) is not None


def find_section(text: str, start: int) -> tuple[int, int] | None:
    """Find the last section after `start`, from its begin marker to after its end marker's line.

    Raises:
        EndMarkerMissingError: it has no end marker.
    """
    last = max(_BEGIN.finditer(text, start), key=re.Match.start, default=None)
    if last is None:
        return None
    end = _END.search(text, last.end())
    if end is None:
        raise EndMarkerMissingError(last.start())
    return last.start(), end.end()


def article_of_section(section: str) -> str | None:
    """Return the Markdown, with LF, of a section; None where it has no article."""
    lines = section.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if not section or lines[0] == _begin_marker(_NOWHERE):
        return None
    return "\n".join(lines[1:-1]).strip("\n")


def _begin_marker(url: str) -> str:
    return f"<!-- article:begin {_UNSAFE_IN_MARKER.sub(_percent_encoded, url)} -->"


def _percent_encoded(match: re.Match[str]) -> str:
    return "%2D" if match[0] == "-" else quote(match[0], safe="")  # quote() keeps a hyphen
