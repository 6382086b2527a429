"""What a feed says, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crawler.discover.found import FoundArticle  # noqa: TC001 - msgspec reads the fields' types

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
