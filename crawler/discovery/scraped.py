"""What any spider scraped of an article, made plain, bounded and harmless."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from reprlib import Repr
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, runtime_checkable

from lxml import etree

from crawler.discovery.feeds import (
    date_of,
    images_of,
    language_of,
    names_of,
    prose_of,
    text_of,
    url_of,
)
from crawler.discovery.found import (
    EXCERPT_LIMIT,
    ID_LIMIT,
    NAME_LIMIT,
    TITLE_LIMIT,
    FoundArticle,
    FoundImage,
)
from crawler.extraction.metadata.dates import parse_date_time
from crawler.items.link import url_defect
from crawler.timestamps import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


T = TypeVar("T")

_MOST: Final = 1000  # of what one value gives: a generator may have no end
_SMALLEST_TIME: Final = 10**9  # seconds; a smaller number may be a day, a year, or nothing
_ADDRESSES: Final = ("href", "src", "data-src", "content", "url")
_IMAGE_URLS: Final = ("url", "src", "href", "contentUrl")
_TEXTS: Final = ("title", "excerpt", "provider", "language", "found_title", "entry_id")
_DATES: Final = ("published", "modified", "seen")
_shown = Repr()
_shown.maxstring = _shown.maxother = 80


@runtime_checkable
class _Selector(Protocol):
    """A selector of parsel's, which spiders have and this room does not know."""

    root: Any

    def get(self) -> Any: ...

    def getall(self) -> Any: ...


class RefusedValueError(TypeError):
    """A value that nothing of its field can be made of."""


def tidied(
    told: FoundArticle, page_url: str, refused: list[str] | None = None
) -> FoundArticle | None:
    """Return an article as items may have it; None: it has no usable URL.

    Args:
        told: its values may be just as they are on the page: relative URLs, dates in words, texts
            with markup, selectors and elements, one value for several, numbers and `datetime`s
            for dates, None for what is not there.
        page_url: the page that it was found on; "" where that is not known, and URLs are absolute.
        refused: gets a message for each value that nothing could be made of.
    """
    values = _Values(told, page_url, [] if refused is None else refused)
    url = values.address("url")
    if url is None:
        return None
    return replace(
        told,
        url=url,
        title=values.one("title", lambda value: text_of(_text(value), TITLE_LIMIT)),
        excerpt=values.one("excerpt", lambda value: prose_of(_text(value), EXCERPT_LIMIT)),
        published=values.one("published", _date),
        modified=values.one("modified", _date),
        authors=names_of(values.each("authors", _name)),
        kind="video" if told.kind == "video" else "article",
        provider=values.one("provider", lambda value: text_of(_text(value), TITLE_LIMIT)),
        topics=names_of(values.each("topics", _name)),
        language=values.one("language", lambda value: language_of(_text(value))),
        images=_images_of(values.each("images", lambda value: _image(value, page_url))),
        found_in=values.address("found_in") or page_url or None,
        found_title=values.one("found_title", lambda value: text_of(_text(value), TITLE_LIMIT)),
        entry_id=values.one("entry_id", lambda value: text_of(_text(value), ID_LIMIT)),
        seen=values.one("seen", _date),
        via=values.address("via"),
    )


class _Values:
    """The values of an article, each read by itself: one that is refused costs no other."""

    def __init__(self, told: FoundArticle, page_url: str, refused: list[str]) -> None:
        self._told = told
        self._page_url = page_url
        self._refused = refused

    def address(self, name: str) -> str | None:
        return self.one(name, lambda value: url_of(_address(value), self._page_url))

    def one(self, name: str, make: Callable[[Any], T | None]) -> T | None:
        return self._made(name, getattr(self._told, name), make)

    def each(self, name: str, make: Callable[[Any], T | None]) -> list[T]:
        value = getattr(self._told, name)
        several = self._made(name, value, lambda value: list(_several(value))) or ()
        made = (self._made(name, one, make) for one in several)
        return [one for one in made if one is not None]

    def _made(self, name: str, value: Any, make: Callable[[Any], T | None]) -> T | None:
        why = ""
        try:
            made = make(value)
        except Exception as error:  # noqa: BLE001 - an object of somebody's; the rest is taken
            made = None
            why = f": {error if isinstance(error, RefusedValueError) else repr(error)}"
        if made is None and not _is_nothing(value):
            self._refused.append(f"{name}: {_shown.repr(value)} is of no use{why}")
        return made


def is_tidy(article: FoundArticle) -> bool:
    """Whether each value of an article is of its kind, as readers of feeds make them."""
    texts = (getattr(article, name) for name in _TEXTS)
    names = (article.authors, article.topics)
    return (
        url_defect(article.url) is None
        and all(text is None or isinstance(text, str) for text in texts)
        and all(_is_date(getattr(article, name)) for name in _DATES)
        and all(isinstance(several, tuple) for several in (*names, article.images))
        and all(isinstance(name, str) for several in names for name in several)
        and all(isinstance(image, FoundImage) for image in article.images)
        and all(url_defect(image.url) is None for image in article.images)
        and article.kind in {"article", "video"}
    )


def _is_date(value: Any) -> bool:
    try:
        return value is None or moment(value) is not None
    except (TypeError, ValueError):
        return False


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, (str, bytes, list, tuple, dict)) and not value)


def _date(value: Any) -> str | None:
    if isinstance(value, (time.struct_time, date, int, float)) or value is None:
        return _date_of_one(value)
    texts = (_date_of_one(one) for one in _several(value))
    return next((text for text in texts if text is not None), None)


def _date_of_one(value: Any) -> str | None:
    if isinstance(value, time.struct_time):
        value = datetime(*value[:6])  # noqa: DTZ001 - as naive as it is
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return date_of(value) if value >= _SMALLEST_TIME else None
    if isinstance(value, date):  # and date-times
        value = value.isoformat()
    return parse_date_time(_text(value) or "")


def _name(value: Any) -> str | None:
    told = value.get("name") if isinstance(value, Mapping) and "name" in value else value
    return text_of(_text(told), NAME_LIMIT)


def _image(value: Any, page_url: str) -> FoundImage | None:
    if isinstance(value, FoundImage):
        told = (_address(value.url), value.width, value.height)
    elif isinstance(value, Mapping):
        url = next((value[name] for name in _IMAGE_URLS if value.get(name)), None)
        told = (_address(url), value.get("width"), value.get("height"))
    else:
        told = (_address(value), None, None)
    return next(iter(images_of([told], page_url)), None)


def _images_of(images: list[FoundImage]) -> tuple[FoundImage, ...]:
    return images_of(((image.url, image.width, image.height) for image in images), "")


def _several(value: Any) -> Iterator[Any]:
    """Give the values of what may be one or many."""
    is_one = isinstance(value, (str, bytes, Mapping, _Selector)) or etree.iselement(value)
    if value is None:
        return
    if is_one or not isinstance(value, Iterable):
        yield value
    else:
        yield from islice(value, _MOST)


def _text(value: Any) -> str | None:
    """Return the text that a value is, or that it has in it.

    Raises:
        RefusedValueError: it is and has none.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, _Selector):
        return str(value.get())
    if etree.iselement(value):
        return "".join(value.itertext())
    if isinstance(value, date):  # and date-times
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return next((text for text in map(_text, islice(value, _MOST)) if text), None)
    raise RefusedValueError(f"{type(value).__name__} is no text")


def _address(value: Any) -> str | None:
    """Return the URL that a value is, or that an element or a selector of one links to.

    Raises:
        RefusedValueError: it is and has none.
    """
    if isinstance(value, _Selector):
        value = value.root
    if etree.iselement(value):
        return next((value.get(name) for name in _ADDRESSES if value.get(name)), None)
    if isinstance(value, (bool, int, float, date)):
        raise RefusedValueError(f"{type(value).__name__} is no URL")
    if not isinstance(value, (str, bytes, Mapping)) and isinstance(value, Iterable):
        return next((url for url in map(_address, islice(value, _MOST)) if url), None)
    return _text(value)


TEXTS: Final = ("url", "title", "excerpt", "published", "modified", "provider", "language")
LISTS: Final = ("authors", "topics")


def article_of(
    fields: Mapping[str, Any], names: Mapping[str, str], refused: list[str] | None = None
) -> FoundArticle | None:
    """Return the article that a scraped item is about; None: it has no absolute web address.

    Args:
        fields: of the item, with values of any kind that `tidied` takes.
        names: what the item calls a field of `TEXTS` or `LISTS`, where it is not called so.
        refused: as of `tidied`.
    """
    told: dict[str, Any] = {name: fields.get(names.get(name, name)) for name in (*TEXTS, *LISTS)}
    return tidied(FoundArticle(**told), "", refused)
