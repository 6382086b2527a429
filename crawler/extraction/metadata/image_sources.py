"""The images that a page names: in JSON-LD, meta tags and microdata, and in one element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crawler.extraction.metadata.field_text import JSON_LD, MICRODATA, OPEN_GRAPH, TWITTER
from crawler.extraction.metadata.json_ld import value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.field_sources import FieldSources


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


class RawImage(NamedTuple):
    """An image as a page gives it, before anything is checked.

    `is_lead`: readers see it by the headline, before the article's text.
    """

    url: str
    width: Any = None
    height: Any = None
    alt: Any = None
    is_lead: bool = False


def raw_images(sources: FieldSources) -> list[tuple[str, RawImage]]:
    """All images with their origins, most trusted first."""
    pairs = sources.markup.meta_pairs
    schema = [image for node in sources.nodes for image in _schema_images(node.values("image"))]
    groups: tuple[tuple[str, Iterable[RawImage]], ...] = (
        (JSON_LD, schema),
        (OPEN_GRAPH, _grouped_images(pairs, "og:image")),
        (TWITTER, _grouped_images(pairs, "twitter:image")),
        (JSON_LD, [RawImage(one.value) for one in sources.from_json_ld("thumbnailUrl")]),
        (MICRODATA, [RawImage(one.value) for one in sources.from_microdata("image")]),
    )
    return [(origin, image) for origin, group in groups for image in group]


def publisher_logos(sources: FieldSources) -> list[str]:
    """URLs of the publisher's logos, which templates give as the article's image too."""
    publishers = [value for node in sources.nodes for value in node.values("publisher")]
    logos = [one.get("logo") for one in publishers if isinstance(one, dict)]
    return [image.url for image in _schema_images(logos)]


def _schema_images(values: Iterable[Any]) -> Iterator[RawImage]:
    """The images of a schema.org image property: URLs and ImageObjects."""
    for value in values:
        if isinstance(value, str):
            yield RawImage(value)
        elif isinstance(value, dict):
            urls = (value.get(key) for key in ("url", "contentUrl", "@id"))
            if url := next((text for part in urls if (text := value_text(part))), None):
                alt = value_text(value.get("caption")) or value_text(value.get("description"))
                yield RawImage(url, value.get("width"), value.get("height"), alt)


def _grouped_images(pairs: Sequence[tuple[str, str]], prefix: str) -> Iterator[RawImage]:
    """The images of meta tags such as og:image, each with the width, height and alt after it.

    Source: the Open Graph protocol, "Arrays" and "Structured Properties".
    """
    current: dict[str, str] = {}
    for name, content in pairs:
        key = name.removeprefix(prefix).lstrip(":") if name.startswith(prefix) else None
        if key in {"", "url", "src", "secure_url"}:
            if current and key == "":
                yield _raw(current)
                current = {}
            current.setdefault("url", content)
        elif key in {"width", "height", "alt"} and current:
            current.setdefault(key, content)
    if current:
        yield _raw(current)


def _raw(parts: dict[str, str]) -> RawImage:
    return RawImage(parts["url"], parts.get("width"), parts.get("height"), parts.get("alt"))
