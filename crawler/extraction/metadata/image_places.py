"""Where on a page an image stands: in the article, in another one, or in the page's frame."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
