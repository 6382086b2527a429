"""An image as Markdown, with its alternative text, and its caption as the title."""

from __future__ import annotations

import re
import string
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from crawler.inert import http_url, markdown_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element
    from lxml.html import HtmlElement

_CAPTION_CHARACTERS: Final = 500
_MOST_CAPTIONS: Final = 200
_MOST_TEXTS: Final = 200  # pieces of text of one caption
_PLAIN: Final = frozenset(".,;:?-")
# In a title, only character references mean the same to CommonMark and kramdown.
_REFERENCES: Final = {
    ord(mark): f"&#{ord(mark)};" for mark in string.punctuation if mark not in _PLAIN
}
# What stands where an image is to be loaded later, or only counts readers.
_EMPTY_NAMES: Final = (
    r"(?:[0-9]{1,2}x[0-9]{1,2}|b(?:g|lank)|clear|dummy|empty|gr[ae]y|lazy(?:load)?|load(?:ing|er)"
    r"|pixel|place-?holder|spacer|spinner|trans(?:parent)?)"
)
_PLACEHOLDER: Final = re.compile(
    rf"{_EMPTY_NAMES}(?:[-_.]?(?:{_EMPTY_NAMES}|gif|ima?ge?|[0-9]+(?:x[0-9]+)?|white))*"
    r"\.(?:gif|png|svg|jpe?g|webp)"
)


def render_picture(graphic: _Element, base_url: str) -> str | None:
    """Render a `graphic`; None: it has no URL that may be used, or is a placeholder."""
    url = http_url(graphic.get("src") or "", base_url)
    if url is None or is_placeholder(url):
        return None
    alt = markdown_text((graphic.get("alt") or "").strip())
    caption = plain_text(graphic.get("title") or "", limit=_CAPTION_CHARACTERS)
    title = f' "{caption.translate(_REFERENCES)}"' if caption else ""
    return f"![{alt}]({url}{title})"


def is_placeholder(url: str) -> bool:
    """Whether the file is called what lazy loading and counters call what shows nothing."""
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return _PLACEHOLDER.fullmatch(name.lower()) is not None


def keep_captions(tree: HtmlElement) -> None:
    """Make the caption of a figure the title of its one image, in place of what pages put there.

    Figures lose their captions when the article is extracted, or they would join the prose.
    """
    for image in tree.iter("img"):
        image.attrib.pop("title", None)
    for caption in islice(tree.iter("figcaption"), _MOST_CAPTIONS):
        figure = next(caption.iterancestors("figure"), None)
        images = [] if figure is None else list(islice(figure.iter("img"), 2))
        text = " ".join("".join(islice(_texts(caption), _MOST_TEXTS)).split())
        if len(images) == 1 and text and text != (images[0].get("alt") or "").strip():
            images[0].set("title", text[: 2 * _CAPTION_CHARACTERS])


def _texts(element: HtmlElement) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)
