"""The images that readers see in an article: `<img>` and `<picture>`, loaded late or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.image_sources import RawImage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MAX_SEEN: Final = 300
_MAX_IMAGES: Final = 20
_MAX_CLIMB: Final = 60
_MAX_SOURCES: Final = 12  # of one picture
_MAX_CLASS: Final = 500
_MAX_SRCSET: Final = 8_000
_SMALLEST_SIDE: Final = 150  # pixels; below it are portraits and icons
_LARGEST_WIDTH: Final = 2_600
_MAX_TAIL: Final = 100  # characters of a URL, from its end
_SIZE_IN_URL: Final = re.compile(r"[?&](?:w|h|width|height)=(\d{1,4})|[-_](\d{2,4})x(\d{2,4})\.")
_PIXELS: Final = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*")
# One candidate of a srcset (HTML Standard, 4.8.4.2.1): a URL may hold commas, but ends in none.
_CANDIDATE: Final = re.compile(
    r"(?P<url>[^\s,]\S*[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)(?P<unit>[wx]))?"
)
_LAZY: Final = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-image"),
    *("data-img-src", "data-hi-res-src", "data-full-src", "data-orig-file", "data-echo"),
)
_LAZY_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
_LONG_TEXT: Final = 120  # characters of a paragraph of the article
_TEXTS_BEFORE_LEAD: Final = 1  # a summary
_LEVELS: Final = 3  # from an image up to the element that says what it is
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PORTRAITS: Final = frozenset(
    {"author", "authors", "avatar", "byline", "headshot", "profile", "logo", "icon", "newsletter"}
    | {"related", "recommended", "promo", "teaser", "sponsor", "advert", "share", "social"}
)
_FRAME: Final = frozenset({"nav", "form", "aside", "button", "noscript", "template"})
_PARTS: Final = frozenset({"header", "footer"})
_CONTENT: Final = frozenset({"article", "main"})


class _Choice(NamedTuple):
    url: str
    width: int | None


def visible_images(tree: HtmlElement) -> list[RawImage]:
    """The larger images of the article in their order, each in its largest form.

    Those above the headline count where they are in its `<article>` or `<main>`. Portraits,
    icons, and images that link to other articles do not.
    """
    headline = next(tree.iter("h1"), None)
    content = None if headline is None else _content(headline)
    is_within = headline is None
    images: list[RawImage] = []
    texts = 0
    for seen, element in enumerate(tree.iter("h1", "img", "p")):
        if seen >= _MAX_SEEN or len(images) >= _MAX_IMAGES:
            break
        if element is headline:
            is_within = True
        elif element.tag == "p":
            if is_within and texts <= _TEXTS_BEFORE_LEAD:
                texts += len(element_text(element)) >= _LONG_TEXT
        elif _is_of_the_article(element, content, after=is_within) and not _is_named_away(element):
            image = _image(element)
            if image is not None:
                images.append(image._replace(is_lead=texts <= _TEXTS_BEFORE_LEAD))
    return images


def _content(headline: HtmlElement) -> HtmlElement | None:
    return next((around for around in headline.iterancestors() if around.tag in _CONTENT), None)


def _is_of_the_article(image: HtmlElement, content: HtmlElement | None, *, after: bool) -> bool:
    is_part = False
    for count, around in enumerate(image.iterancestors()):
        if count >= _MAX_CLIMB or around.tag in _FRAME or _leads_away(around):
            return False
        if around is content:
            return True
        if around.tag in _CONTENT:
            return after and not is_part
        is_part = is_part or around.tag in _PARTS
    return after and content is None and not is_part


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


def _leads_away(element: HtmlElement) -> bool:
    href = element.get("href") if element.tag == "a" else None
    return href is not None and not href.startswith("#") and not _is_image(href)


def _is_image(address: str) -> bool:
    return re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", address, re.IGNORECASE) is not None


def _image(img: HtmlElement) -> RawImage | None:
    width, height = _pixels(img.get("width")), _pixels(img.get("height"))
    if any(side is not None and side < _SMALLEST_SIDE for side in (width, height)):
        return None
    best = _largest(_choices(img))
    if best is None:
        return None
    if best.url.lower().partition("?")[0].endswith(".gif") and not (best.width or width):
        return None  # what stands in for an image until a script has run
    if best.width and width and height:
        height = round(best.width * height / width)
    return RawImage(best.url, best.width or width, height, img.get("alt"))


def _choices(img: HtmlElement) -> Iterator[_Choice]:
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
            yield _Choice(address, None)


def _srcset(value: str | None) -> Iterator[_Choice]:
    if not value:
        return
    for candidate in _CANDIDATE.finditer(value[:_MAX_SRCSET]):
        width = int(float(candidate["size"])) if candidate["unit"] == "w" else None
        yield _Choice(candidate["url"], width)


def _largest(choices: Iterator[_Choice]) -> _Choice | None:
    """The widest that is not beyond all screens; without widths the last, as srcsets grow."""
    best: _Choice | None = None
    for choice in choices:
        if (choice.width or 0) > _LARGEST_WIDTH or not _is_address_of_picture(choice.url):
            continue
        if best is None or (choice.width or 0) > (best.width or 0):
            best = choice
    return best


def _is_address_of_picture(url: str) -> bool:
    """Whether a value is an address, and of no thumbnail by its own word: `photo.jpg?w=105`."""
    if url.startswith(("data:", "{", "[")):
        return False
    sizes = _SIZE_IN_URL.findall(url[-_MAX_TAIL:])
    return not sizes or max(int(side) for pair in sizes for side in pair if side) > _SMALLEST_SIDE


def _pixels(value: str | None) -> int | None:
    match = _PIXELS.fullmatch(value[:20]) if value else None
    return int(match[1]) if match else None
