"""What page objects return, checked and made as inert as what we read ourselves."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crawler.extraction.article import Image, content_hash, count_words, reading_minutes
from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.language import language_tag
from crawler.sanitize import http_url, markdown_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE_OBJECT: Final = "page-object"
_MOST: Final = 50  # values of a list
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


class Rendered(str):
    """Markdown that `ArticlePage.markdown_of` made; any other text is shown as it stands."""

    __slots__ = ()


def clean_fields(own: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the fields of an article for what a page object says of them.

    Args:
        own: values by the names of `FIELDS`.
        url: the page's, which relative URLs are resolved against.

    Raises:
        TypeError, ValueError: a value is of another kind than its field.
    """
    fields: dict[str, Any] = {}
    for name, value in own.items():
        try:
            fields[name] = FIELDS[name](value, url)
        except (TypeError, ValueError, AttributeError) as error:
            raise type(error)(f"{name}: {error}") from error
    if "markdown" in fields:
        text = fields["markdown"]
        fields["word_count"] = count_words(text)
        fields["reading_minutes"] = reading_minutes(text) if text else 0
        fields["content_hash"] = content_hash(text) if text else None
    return fields


def _text(value: Any, _url: str, *, limit: int) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a text nor None")
    return field_text(value, limit) if value else None


def _texts(value: Any, url: str) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is not a list of texts")
    texts = (_text(one, url, limit=200) for one in value or ())
    return tuple(filter(None, texts))[:_MOST]


def _date(value: Any, url: str) -> str | None:
    text = _text(value, url, limit=100)
    if text is None:
        return None
    if (date := parse_date_time(text)) is None:
        raise ValueError(f"{text!r} is no date")
    return date


def _language(value: Any, url: str) -> str | None:
    text = _text(value, url, limit=100)
    if text is not None and (tag := language_tag(text)) is None:
        raise ValueError(f"{text!r} is no language tag")
    return None if text is None else tag


def _url(value: Any, url: str) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a URL nor None")
    return http_url(value, url) if value else None


def _flag(value: Any, _url: str) -> bool | None:
    if not isinstance(value, bool | None):
        raise TypeError(f"{value!r} is neither True nor False nor None")
    return value


def _images(value: Any, url: str) -> tuple[Image, ...]:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is not a list of images")
    images = []
    for one in value or ():
        image = one if isinstance(one, Image) else Image(one)
        if (address := _url(image.url, url)) is not None:
            alt = _text(image.alt, url, limit=500)
            images.append(Image(address, _side(image.width), _side(image.height), alt))
    return tuple(images)[:_MOST]


def _side(value: Any) -> int | None:
    if not isinstance(value, int | None):
        raise TypeError(f"{value!r} is no number of pixels")
    return value


def _markdown(value: Any, _url: str) -> str:
    if isinstance(value, Rendered):
        return str(value)
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a text nor None")
    paragraphs = (markdown_text(part.strip()) for part in _PARAGRAPHS.split(value or ""))
    return "\n\n".join(filter(None, paragraphs))


# The fields of `Article` that page objects may override.
FIELDS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "markdown": _markdown,
    "title": partial(_text, limit=500),
    "authors": _texts,
    "published": _date,
    "modified": _date,
    "description": partial(_text, limit=2_000),
    "site_name": partial(_text, limit=200),
    "language": _language,
    "section": partial(_text, limit=200),
    "keywords": _texts,
    "images": _images,
    "canonical_url": _url,
    "amp_url": _url,
    "free_to_read": _flag,
}
