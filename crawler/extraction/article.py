"""What a page says: the article's text and everything known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the article (schema.org ImageObject); width and height are in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Text and metadata of one page; what the page does not give is None or empty.

    Attributes:
        markdown: the body as Markdown that is safe to publish; "" where there is none.
        published, modified: ISO 8601, as precise as the page is: a date, a local date-time, or a
            date-time with its UTC offset.
        language: BCP 47 tag.
        free_to_read: schema.org isAccessibleForFree.
        ai_opt_outs: "noai", "noimageai", where the page says so to us or to everybody.
        tdm_reserved: True where the rights to text and data mining are reserved (TDMRep).
        tdm_policy: the URL of the terms for it.
        word_count: words of the body; a character counts as a word where a script has no spaces.
        reading_minutes: whole minutes, at least 1; 0 without a body.
        content_hash: SHA-256 of the body's words, in hex; None without a body.
        cut: what of the page was not read, in words, as it is larger than any article; or "".
        origins: which part of the page gave a field, by the field's name here: "json-ld",
            "open-graph", "twitter", "meta", "microdata", "link", "html", "trafilatura", "url", or
            "http" for a header of the answer.
    """

    markdown: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    description: str | None = None
    site_name: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    canonical_url: str | None = None
    amp_url: str | None = None
    free_to_read: bool | None = None
    ai_opt_outs: tuple[str, ...] = ()
    tdm_reserved: bool | None = None
    tdm_policy: str | None = None
    word_count: int = 0
    reading_minutes: int = 0
    content_hash: str | None = None
    cut: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
