"""What a page says: the article's text, how long it is, and everything known about it."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the types of all fields
from dataclasses import dataclass, field

from crawler.states import State  # noqa: TC001 - likewise

WORDS_PER_MINUTE = 230
CHARACTERS_PER_MINUTE = 500

# Kana, Han, Thai, Lao, Burmese and Khmer: scripts that put no spaces between words.
_UNSPACED = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# What Markdown adds to a text is not part of it: link and image targets, character references.
_TARGET = re.compile(r"\]\(<?[a-z]+://[^()\s]*(?: \"[^\"\n]*\")?\)", re.IGNORECASE)


def words(markdown: str) -> list[str]:
    """The words of a text; a character is a word where a script has no spaces."""
    return _WORD.findall(_without_markup(markdown))


def _without_markup(markdown: str) -> str:
    return html.unescape(_TARGET.sub("]", markdown))


def count_characters(text: str) -> int:
    """The number of characters of scripts that put no spaces between words."""
    return len(_CHARACTER.findall(text))


def count_words(markdown: str) -> int:
    """The number of words of a text."""
    return len(words(markdown))


def reading_minutes(markdown: str, word_count: int | None = None) -> int:
    """Whole minutes to read a text, at least 1; 0 for a text without words.

    Args:
        markdown: the text.
        word_count: its words, where they are counted already.
    """
    unspaced = len(_CHARACTER.findall(_without_markup(markdown)))
    spaced = (count_words(markdown) if word_count is None else word_count) - unspaced
    if not spaced and not unspaced:
        return 0
    return max(1, round(spaced / WORDS_PER_MINUTE + unspaced / CHARACTERS_PER_MINUTE))


def content_hash(markdown: str) -> str | None:
    """SHA-256, in hex, of the words in lower case and Unicode NFC; None without words.

    Equal for texts that differ only in punctuation, spacing, markup or link targets.
    """
    text = " ".join(words(unicodedata.normalize("NFC", markdown).lower()))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text else None


def is_unspaced(character: str) -> bool:
    """Whether a character is of a script that puts no spaces between words."""
    return re.match(f"[{_UNSPACED}]", character) is not None


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a page is instead of a whole article, and what showed it, in a few words."""

    state: State
    evidence: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the article (schema.org ImageObject); width and height are in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A recording that the page is about or plays (schema.org VideoObject, AudioObject).

    Attributes:
        kind: "video" or "audio".
        url: the recording itself, a file or stream (contentUrl).
        embed_url: a player for it.
        oembed_url: where the page's oEmbed response is.
        duration_seconds: whole seconds.
    """

    kind: str
    url: str | None = None
    embed_url: str | None = None
    oembed_url: str | None = None
    title: str | None = None
    description: str | None = None
    duration_seconds: int | None = None
    thumbnail_url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Text and metadata of one page; what the page does not give is None or empty.

    Attributes:
        markdown: the body as Markdown that is safe to publish; "" where there is none.
        published, modified: ISO 8601, as precise as the page is: a date, a local date-time, or a
            date-time with its UTC offset.
        language: BCP 47 tag of the text.
        free_to_read: schema.org isAccessibleForFree.
        ai_opt_outs: "noai", "noimageai", where the page says so to us or to everybody.
        tdm_reserved: True where the rights to text and data mining are reserved (TDMRep).
        tdm_policy: the URL of the terms for it.
        page_types: what the page declares itself to be: lower-case schema.org types of its own
            JSON-LD nodes, then its og:type; at most 10.
        declared_words: schema.org wordCount, as the page gives it.
        word_count: words of the body; a character counts as a word where a script has no spaces.
        reading_minutes: whole minutes, at least 1; 0 without a body.
        content_hash: SHA-256 of the body's words, in hex; None without a body.
        cut: what of the article was not read, in words, as its page is larger than any article or
            one of its pages failed; or "".
        origins: which part of the page gave a field, by the field's name here: "json-ld",
            "open-graph", "twitter", "meta", "microdata", "link", "html", "byline" and "time" for
            what readers see, "url", "text", "http" for a header of the answer, "oembed" for what
            another answer of the site added, or "htmldate" for a date that only that library found.
        form: "live-blog" or "gallery", where it is one.
        next_page: the URL of the page on which the text goes on; once pages were joined, of the one
            that could not be read.
        page_count: of how many pages the text was joined; None: it is that of one.
        kind: what the page is instead of a whole article; None: nothing speaks against one. Not
            kept: it is the state of the visit.
        rule_misses: the keys of the page's rule that found nothing on it, where the default counts.
            Not kept: they are part of the visit's evidence.
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
    media: tuple[Media, ...] = ()
    canonical_url: str | None = None
    amp_url: str | None = None
    free_to_read: bool | None = None
    ai_opt_outs: tuple[str, ...] = ()
    tdm_reserved: bool | None = None
    tdm_policy: str | None = None
    page_types: tuple[str, ...] = ()
    declared_words: int | None = None
    word_count: int = 0
    reading_minutes: int = 0
    content_hash: str | None = None
    cut: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    next_page: str | None = None
    page_count: int | None = None
    kind: PageKind | None = None
    rule_misses: tuple[str, ...] = ()
