"""What a feed, a sitemap or an archive tells of one article, whatever it was told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image of an article; its measures are pixels where they are told."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """One article; what was not told is None or empty. All texts are strangers' and plain.

    Attributes:
        url: its address, absolute http or https.
        published, modified: ISO 8601; a date alone where no more is told.
        kind: the `type` that its item gets, "article" or "video".
        provider: name of whoever published it.
        found_in: URL of the feed or sitemap, or the name of the archive's file.
        found_title: title of that feed.
        via: the shortened or redirecting URL that it was told by, where `url` is what that led to.
        seen: when a page was there, ISO 8601; where nobody says when it was published.
        entry_id: what identifies the entry there (RSS guid, Atom id, JSON Feed id).
    """

    url: str
    title: str | None = None
    excerpt: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    kind: str = "article"
    provider: str | None = None
    topics: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[FoundImage, ...] = ()
    found_in: str | None = None
    found_title: str | None = None
    entry_id: str | None = None
    seen: str | None = None
    via: str | None = None


MOST_ENTRIES: Final = 1000
"""Entries that are read of one feed; those that come first, which are the newest by custom."""

TITLE_LIMIT: Final = 300
EXCERPT_LIMIT: Final = 500
NAME_LIMIT: Final = 100
ID_LIMIT: Final = 500
MOST_NAMES: Final = 20
MOST_IMAGES: Final = 3


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A body that may be a feed; all of it pickles.

    Attributes:
        url: where it came from in the end.
        content_type: the Content-Type header field.
    """

    body: bytes
    url: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or a page that names feeds.

    Attributes:
        is_feed: whether it is one at all.
        title: of the feed.
        entries: articles, in the feed's order, each with a URL.
        without_url: how many entries had none that could be used.
        hubs, topic: WebSub: the hubs that tell of news, and the URL to subscribe to there.
        alternates: of a page, the feeds that it names in `<link rel="alternate">`.
        defect: what is wrong with it, though something could be read.
    """

    is_feed: bool
    title: str | None = None
    entries: tuple[FoundArticle, ...] = ()
    without_url: int = 0
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    alternates: tuple[str, ...] = ()
    defect: str | None = None
