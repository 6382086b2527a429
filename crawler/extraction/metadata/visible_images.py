"""The images that readers see, loaded late or not, and where on the page they stand."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.field_text import element_text
from crawler.extraction.metadata.image_sources import SMALLEST_SIDE, RawImage, largest_candidate
from crawler.extraction.metadata.titles import is_site_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement


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
