"""The article's images: absolute, each once, without logos and tracking pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crawler.extraction.article import Image
from crawler.extraction.metadata.candidates import Found
from crawler.extraction.metadata.field_text import field_text
from crawler.inert import http_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extraction.metadata.image_sources import RawImage

MAX_IMAGES = 50
_MAX_CONSIDERED = 200
_MAX_ALT = 500
_MAX_SIDE = 100_000
_SMALLEST_SIDE = 2
_NUMBER = re.compile(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*", re.IGNORECASE)
# File names that templates put where an article has no image of its own.
_NO_PICTURE = re.compile(
    r"(?:^|[^a-z])(?:logos?|favicon|placeholder|sprite|blank|pixel|spacer|no-?image)(?:[^a-z]|$)"
)


def chosen_images(
    raw: Iterable[tuple[str, RawImage]], base: str, unwanted: Iterable[str]
) -> Found[tuple[Image, ...]]:
    """At most 50 images in the given order; a repeat adds what the first left open.

    The origin is that of the first image.

    Args:
        raw: (origin, image) pairs in order of trust.
        base: what relative URLs are resolved against.
        unwanted: URLs of the publisher's logos.
    """
    logos = {address for url in unwanted if (address := http_url(url, base))}
    images: dict[str, Image] = {}
    lead: str | None = None
    for count, (origin, image) in enumerate(raw):
        if count >= _MAX_CONSIDERED:
            break
        url = http_url(image.url, base)
        if url is None or url in logos or _names_no_picture(url):
            continue
        width, height = _pixels(image.width), _pixels(image.height)
        if any(side is not None and side < _SMALLEST_SIDE for side in (width, height)):
            continue
        alt = field_text(image.alt, _MAX_ALT) if isinstance(image.alt, str) else None
        lead = lead or origin
        known = images.get(url, Image(url))
        if url in images or len(images) < MAX_IMAGES:
            images[url] = Image(url, known.width or width, known.height or height, known.alt or alt)
    return Found(tuple(images.values()), lead)


def _pixels(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value", value.get("@value"))
    match = _NUMBER.fullmatch(str(value)[:20]) if isinstance(value, str | int | float) else None
    if match is None or isinstance(value, bool):
        return None
    side = int(match[1])
    return side if side <= _MAX_SIDE else None


def _names_no_picture(url: str) -> bool:
    name = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1]
    return _NO_PICTURE.search(name.lower()) is not None
