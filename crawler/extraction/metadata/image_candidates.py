"""The URLs that an `<img>` or `<picture>` may be loaded from, now or late, and the largest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MAX_SOURCES: Final = 12  # of one picture
_MAX_SRCSET: Final = 8_000
_LARGEST_WIDTH: Final = 2_600  # pixels; more than any screen needs
SMALLEST_SIDE: Final = 150  # pixels; below it are portraits and icons
_MAX_TAIL: Final = 100  # characters of a URL, from its end
_SIZE_IN_URL: Final = re.compile(r"[?&](?:w|h|width|height)=(\d{1,4})|[-_](\d{2,4})x(\d{2,4})\.")
_WIDTH_IN_QUERY: Final = re.compile(r"[?&](?:w|width)=(\d{1,4})(?!\d)")
_MAX_URL: Final = 2_000
# What a script is to fill in: {width}, ${format}, [[url]], also percent-encoded.
_TEMPLATE: Final = re.compile(r"\$?(?:\{|%7b)\w*(?:\}|%7d)|^[\[{]|\{\{|\[\[", re.IGNORECASE)
# One candidate of a srcset (HTML Standard, 4.8.4.2.1): a URL may hold commas, but ends in none.
_CANDIDATE: Final = re.compile(
    r"(?P<url>[^\s,]\S*[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)(?P<unit>[wx]))?"
)
_LAZY: Final = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-image"),
    *("data-img-src", "data-hi-res-src", "data-full-src", "data-orig-file", "data-echo"),
)
_LAZY_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")


class ImageCandidate(NamedTuple):
    """A URL as it stands there, its width in pixels if the page tells it, and its density."""

    url: str
    width: int | None
    density: float = 1


def largest_candidate(img: HtmlElement) -> ImageCandidate | None:
    """The widest that is not beyond all screens; else the widest by its URL, or the densest.

    Of those of which nothing is known it is the first that is no stand-in.
    """
    best: ImageCandidate | None = None
    for choice in _choices(img):
        if (choice.width or 0) > _LARGEST_WIDTH or not _is_address_of_picture(choice.url):
            continue
        if best is None or _size(choice) > _size(best):
            best = choice
    return best


def _size(choice: ImageCandidate) -> tuple[int, float]:
    if choice.width:
        return choice.width, 1
    width = _WIDTH_IN_QUERY.search(choice.url[-_MAX_TAIL:])
    return int(width[1]) if width else 0, choice.density


def _choices(img: HtmlElement) -> Iterator[ImageCandidate]:
    picture = img.getparent()
    for _ in range(_MAX_SOURCES):
        # The parser knows no <source> that ends by itself, and nests what follows into it.
        if picture is None or picture.tag != "source":
            break
        picture = picture.getparent()
    if picture is not None and picture.tag == "picture":
        for source, _ in zip(picture.iter("source"), range(_MAX_SOURCES), strict=False):
            for name in _LAZY_SETS:
                yield from _srcset(source.get(name))
    for name in _LAZY_SETS:
        yield from _srcset(img.get(name))
    for name in (*_LAZY, "src"):
        if address := img.get(name):
            yield ImageCandidate(address, None)


def _srcset(value: str | None) -> Iterator[ImageCandidate]:
    if not value:
        return
    for candidate in _CANDIDATE.finditer(value[:_MAX_SRCSET]):
        size = float(candidate["size"] or 1)
        width = int(size) if candidate["unit"] == "w" else None
        yield ImageCandidate(candidate["url"], width, 1 if width is not None else size)


def _is_address_of_picture(url: str) -> bool:
    """Whether a value is an address, and of no thumbnail by its own word: `photo.jpg?w=105`."""
    if url.startswith("data:") or _TEMPLATE.search(url[:_MAX_URL]):
        return False
    sizes = _SIZE_IN_URL.findall(url[-_MAX_TAIL:])
    return not sizes or max(int(side) for pair in sizes for side in pair if side) > SMALLEST_SIDE
