"""What an item, or an entry of its `related`, says of the article behind its link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_IMAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Claims:
    """The fields of an item that its page speaks of as well; None or empty where it has none.

    Attributes:
        published: `publishedDateTime` as the YAML has it: a text, a date or a date-time.
        kind: `type`.
        images: the URLs of `images`, as they stand there.
    """

    title: str | None = None
    provider_name: str | None = None
    provider_domain: str | None = None
    published: str | date | None = None
    kind: str | None = None
    images: tuple[str, ...] = ()


def read_claims(fields: Mapping[Any, Any]) -> Claims:
    """Read the claims off a front matter, or off a mapping in its `related`.

    A value of another kind than its field's says nothing.
    """
    provider = fields.get("provider")
    provider = provider if isinstance(provider, dict) else {}
    published = fields.get("publishedDateTime")
    return Claims(
        title=_text(fields.get("title")),
        provider_name=_text(provider.get("name")),
        provider_domain=_text(provider.get("domain")),
        published=published if isinstance(published, date) else _text(published),
        kind=_text(fields.get("type")),
        images=tuple(_image_urls(fields.get("images"))),
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _image_urls(value: object) -> list[str]:
    entries = value if isinstance(value, list) else []
    urls = [entry.get("url") if isinstance(entry, dict) else entry for entry in entries]
    return [url for url in map(_text, urls[:_MOST_IMAGES]) if url is not None]
