"""The article's images: absolute, each once, without logos and tracking pixels, the lead first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from crawler.extraction.article import Image
from crawler.extraction.metadata.field_text import HTML, Found, field_text
from crawler.sanitize import http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.extraction.metadata.image_sources import RawImage


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


MAX_IMAGES: Final = 50
_MAX_CONSIDERED: Final = 200
_MAX_ALT: Final = 500
_MAX_SIDE: Final = 100_000
_SMALLEST_SIDE: Final = 2
_NUMBER: Final = re.compile(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*", re.IGNORECASE)
# Words in file names that templates put where an article has no image of its own, or none yet.
_STAND_INS: Final = frozenset(
    {"logo", "logos", "favicon", "icon", "icons", "appicon", "placeholder", "sprite", "blank"}
    | {"spacer", "noimage", "loader", "loading", "transparent", "avatar", "pixel", "emoji"}
)
# What may stand beside them: "og-logo-default.png" still names no picture.
_BESIDE_STAND_INS: Final = frozenset(
    {"og", "default", "site", "share", "sharing", "social", "image", "img", "images", "header"}
    | {
        "footer",
        "facebook",
        "fb",
        "twitter",
        "fallback",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "webp",
        "the",
    }
    | {
        "app",
        "no",
        "new",
        "big",
        "small",
        "large",
        "main",
        "web",
        "black",
        "white",
        "dark",
        "light",
    }
    | {"square", "thumb", "thumbnail", "card", "meta", "x", "w", "h", "v", "amp", "apple", "touch"}
)
_SIZES: Final = re.compile(r"\d{2,5}x\d{2,5}|(?<![0-9a-z])[whq]\d{1,4}(?![0-9a-z])")
_PART_OF_A_NAME: Final = re.compile(r"[^\W\d_]+|(?<![0-9a-z])\d{1,3}(?![0-9a-z])")
_LETTERS_OF_A_WORD: Final = 5
_WORDS_OF_A_SUBJECT: Final = 2
_CROPS: Final = frozenset({"nocrop", "cropped", "scaled", "large", "medium", "small"})
_FILE_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# A page and no picture: the site's own address, and scripts that count.
_NO_FILE: Final = re.compile(r"^/?$|/index\.(?:php|html?|aspx?|jsp)$", re.IGNORECASE)


@dataclass(slots=True)
class _Picture:
    image: Image
    origin: str
    keys: frozenset[str]
    is_lead: bool = False


def chosen_images(
    raw: Iterable[tuple[str, RawImage]],
    visible: Iterable[RawImage],
    base: str,
    unwanted: Iterable[str],
) -> Found[tuple[Image, ...]]:
    """At most 50 images, the lead first; of one picture the largest URL, completed by the others.

    The lead is the first that the page declares, unless readers see another in its place and
    that one nowhere: then it is a crop for cards in social networks. The origin is the lead's.

    Args:
        raw: (origin, image) pairs that the page declares, in order of trust.
        visible: the images that readers see.
        base: what relative URLs are resolved against.
        unwanted: URLs of the publisher's logos.
    """
    logos = {address for url in unwanted if (address := http_url(url, base))}
    declared = _pictures(raw, base, logos, is_stand_in=_names_only_a_stand_in)
    named = {key for picture in declared for key in picture.keys}
    seen = [
        picture
        for picture in _pictures(((HTML, image) for image in visible), base, logos)
        if not _names_a_stand_in(picture.image.url) or not named.isdisjoint(picture.keys)
    ]
    pictures = [*declared, *seen]
    lead = next((picture for picture in seen if picture.is_lead), None)
    if lead is not None and (not declared or not _is_shown(declared[0], seen)):
        pictures.insert(0, lead)
    return _each_once(pictures)


def _is_shown(picture: _Picture, seen: Sequence[_Picture]) -> bool:
    keys = picture.keys | kinship_keys(picture.image.url)
    words = _subject(picture.image.url)
    return any(
        not keys.isdisjoint(one.keys)
        or not keys.isdisjoint(kinship_keys(one.image.url))
        or (len(words) >= _WORDS_OF_A_SUBJECT and words == _subject(one.image.url))
        for one in seen
    )


def _subject(url: str) -> frozenset[str]:
    """The words of a file's name, and its short numbers, but for those of its size and form.

    Two crops of a picture that a content system keeps under identifiers of their own share them.
    """
    name = _EXTENSION.sub("", unquote(urlsplit(url[:_MAX_URL]).path).rsplit("/", 1)[-1].lower())
    parts = _PART_OF_A_NAME.findall(_SIZES.sub(" ", name))
    words = {part for part in parts if part.isdigit() or len(part) >= _LETTERS_OF_A_WORD}
    return frozenset(words - _FORMS - _CROPS)


def _pictures(
    raw: Iterable[tuple[str, RawImage]],
    base: str,
    logos: set[str],
    *,
    is_stand_in: Callable[[str], bool] = lambda _url: False,
) -> list[_Picture]:
    found: list[_Picture] = []
    urls: dict[str, str | None] = {}  # templates give one image several times
    for (origin, image), _ in zip(raw, range(_MAX_CONSIDERED), strict=False):
        if image.url not in urls:
            urls[image.url] = http_url(image.url, base)
        url = urls[image.url]
        if url is None or url in logos or _is_no_file(url) or is_stand_in(url):
            continue
        width, height = _pixels(image.width), _pixels(image.height)
        if any(side is not None and side < _SMALLEST_SIDE for side in (width, height)):
            continue
        alt = field_text(image.alt, _MAX_ALT) if isinstance(image.alt, str) else None
        picture = Image(url, width, height, alt)
        found.append(_Picture(picture, origin, image_keys(url), is_lead=image.is_lead))
    return found


def _each_once(pictures: Sequence[_Picture]) -> Found[tuple[Image, ...]]:
    kept: list[Image] = []
    places: dict[str, int] = {}
    for picture in pictures:
        place = next((places[key] for key in picture.keys if key in places), None)
        if place is None:
            if len(kept) == MAX_IMAGES:
                break
            place = len(kept)
            kept.append(picture.image)
        else:
            kept[place] = _merged(kept[place], picture.image)
        for key in picture.keys:
            places.setdefault(key, place)
    return Found(tuple(kept), pictures[0].origin if pictures else None)


def _merged(known: Image, other: Image) -> Image:
    """The larger of two images of one picture, or else the first; each completes the other."""
    alt = known.alt or other.alt
    if known.url == other.url:
        return Image(known.url, known.width or other.width, known.height or other.height, alt)
    is_larger = other.width is not None and known.width is not None and other.width > known.width
    best = other if is_larger else known
    return Image(best.url, best.width, best.height, alt)


def _pixels(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value", value.get("@value"))
    match = _NUMBER.fullmatch(str(value)[:20]) if isinstance(value, str | int | float) else None
    if match is None or isinstance(value, bool):
        return None
    side = int(match[1])
    return side if side <= _MAX_SIDE else None


def _is_no_file(url: str) -> bool:
    path = urlsplit(url).path
    return _NO_FILE.search(path) is not None or path.lower().endswith(".svg")


def _file_words(url: str) -> list[str]:
    name = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1]
    return [word.lower() for word in _FILE_WORD.findall(name.rpartition(".")[0] or name)]


def _names_a_stand_in(url: str) -> bool:
    """Whether a file that nothing but its place speaks for is called a logo, a counter, an icon.

    A pixel is one where that is its last name: "google-pixel-9.jpg" shows a telephone.
    """
    words = _file_words(url)
    return not _STAND_INS.isdisjoint({*words[-1:], *(w for w in words if w != "pixel")})


def _names_only_a_stand_in(url: str) -> bool:
    """Whether the name of a file that the page declares says no more than "logo" or "og-icon"."""
    words = {word for word in _file_words(url) if not word.isdigit()}
    return not words.isdisjoint(_STAND_INS) and words <= _STAND_INS | _BESIDE_STAND_INS
