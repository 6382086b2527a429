"""The images that a page names, in its data or where readers see them, and where these are."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crawler.extraction.metadata.field_text import (
    JSON_LD,
    MICRODATA,
    OPEN_GRAPH,
    TWITTER,
    element_text,
)
from crawler.extraction.metadata.json_ld import value_text
from crawler.extraction.metadata.titles import is_site_heading

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


_FRAME: Final = frozenset({"nav", "form", "aside", "button", "noscript", "template"})
_PARTS: Final = frozenset({"header", "footer"})
_CONTENT: Final = frozenset({"article", "main"})
_IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)


class _Place(Enum):
    INSIDE = auto()  # of the article or main element around the headline
    OTHER = auto()  # of another such element
    OPEN = auto()  # of none
    AWAY = auto()


class ImagePlaces:
    """Where elements stand; each is asked once, however many images are in it."""

    def __init__(self, headline: HtmlElement | None) -> None:
        around = () if headline is None else headline.iterancestors()
        self._content = next((one for one in around if one.tag in _CONTENT), None)
        self._known: dict[HtmlElement, _Place] = {}

    def is_of_the_article(self, image: HtmlElement, *, after: bool) -> bool:
        """Whether an image is; `after`: it stands behind the headline."""
        place = self._place(image)
        if place is _Place.OPEN:
            return after and self._content is None
        return place is _Place.INSIDE or (after and place is _Place.OTHER)

    def _place(self, image: HtmlElement) -> _Place:
        chain: list[HtmlElement] = []
        place = _Place.OPEN
        for around in image.iterancestors():
            known = self._known.get(around) or self._own_place(around)
            if known is not None:
                place = known
                self._known[around] = place
                break
            chain.append(around)
        for around in reversed(chain):
            if around.tag in _PARTS and place in {_Place.OTHER, _Place.OPEN}:
                place = _Place.AWAY
            self._known[around] = place
        return place

    def _own_place(self, element: HtmlElement) -> _Place | None:
        """What an element by itself says of all that is in it, or None."""
        if element is self._content:
            return _Place.INSIDE
        if element.tag in _FRAME or _leads_away(element):
            return _Place.AWAY
        return _Place.OTHER if element.tag in _CONTENT else None


def _leads_away(element: HtmlElement) -> bool:
    """Whether an element is a link to something else than an image of its own size."""
    href = element.get("href") if element.tag == "a" else None
    return href is not None and not href.startswith("#") and not _IMAGE_FILE.search(href)


_MAX_SEEN: Final = 300
_MAX_IMAGES: Final = 20
_MAX_CLASS: Final = 500
_PIXELS: Final = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*")
_LONG_TEXT: Final = 120  # characters of a paragraph of the article
_TEXTS_BEFORE_LEAD: Final = 1  # a summary
_LEVELS: Final = 3  # from an image up to the element that says what it is
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PORTRAITS: Final = frozenset(
    {"author", "authors", "avatar", "byline", "headshot", "profile", "logo", "icon", "newsletter"}
    | {"emoji", "related", "recommended", "promo", "teaser", "sponsor", "advert", "share", "social"}
)


def visible_images(tree: HtmlElement) -> list[RawImage]:
    """The larger images of the article in their order, each in its largest form.

    Those above the headline count where they are in its `<article>` or `<main>`. Portraits,
    icons, and images that link to other articles do not.
    """
    headings = (heading for heading in tree.iter("h1") if not is_site_heading(heading))
    headline = next(headings, None)
    places = ImagePlaces(headline)
    found = (
        image._replace(is_lead=is_lead)
        for element, is_after, is_lead in _walk(tree, headline)
        if places.is_of_the_article(element, after=is_after)
        and not _is_named_away(element)
        and (image := _image(element)) is not None
    )
    return list(islice(found, _MAX_IMAGES))


def _walk(
    tree: HtmlElement, headline: HtmlElement | None
) -> Iterator[tuple[HtmlElement, bool, bool]]:
    """Each `<img>`, whether it is behind the headline, and whether it is before the text."""
    is_after = headline is None
    texts = images = 0
    for element in islice(tree.iter("h1", "img", "p"), _MAX_SEEN):
        if element is headline:
            is_after = True
        elif element.tag == "img":
            images += 1
            yield element, is_after, True
        elif element.tag == "p" and is_after:
            texts += len(element_text(element)) >= _LONG_TEXT
            if texts > _TEXTS_BEFORE_LEAD:
                break
    # From here on paragraphs tell nothing more, and they are many.
    for image in islice(tree.iter("img"), images, _MAX_SEEN):
        yield image, is_after, False


def _is_named_away(image: HtmlElement) -> bool:
    element: HtmlElement | None = image
    for _ in range(_LEVELS + 1):
        if element is None:
            return False
        names = (element.get("class") or "")[:_MAX_CLASS]
        if not _PORTRAITS.isdisjoint(word.lower() for word in _WORD.findall(names)):
            return True
        element = element.getparent()
    return False


def _image(img: HtmlElement) -> RawImage | None:
    width, height = _pixels(img.get("width")), _pixels(img.get("height"))
    if any(side is not None and side < SMALLEST_SIDE for side in (width, height)):
        return None
    best = largest_candidate(img)
    if best is None:
        return None
    if best.url.lower().partition("?")[0].endswith(".gif") and not (best.width or width):
        return None  # what stands in for an image until a script has run
    if best.width and width and height:
        height = round(best.width * height / width)
    return RawImage(best.url, best.width or width, height, img.get("alt"))


def _pixels(value: str | None) -> int | None:
    match = _PIXELS.fullmatch(value[:20]) if value else None
    return int(match[1]) if match else None
