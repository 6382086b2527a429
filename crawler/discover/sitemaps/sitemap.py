"""What a sitemap says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.discover.found import FoundArticle  # noqa: TC001 - msgspec reads the fields' types

if TYPE_CHECKING:
    from crawler.discover.options import SearchOptions

MOST_URLS: Final = 50_000
"""In a sitemap or an index; as the protocol has it."""


@dataclass(frozen=True, slots=True)
class SitemapJob:
    """A body that may be a sitemap; all of it pickles.

    Attributes:
        url: where it came from in the end.
        wanted: which of its articles are looked for.
        site: the registered domain that names the sitemap, in its robots.txt or by a redirect,
            wherever it is, so that articles of it count; None: nobody does.
        content_type: the Content-Type header field.
    """

    body: bytes
    url: str
    wanted: SearchOptions
    site: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or an index of sitemaps.

    Attributes:
        is_sitemap: whether it is one at all.
        articles: those that are looked for, the newest first.
        passed: how many are not looked for.
        children: of an index, the sitemaps that may have such articles, the newest first.
        without_url: entries that have no URL to use, or one of another site.
        defect: what is wrong with it, though something could be read.
    """

    is_sitemap: bool
    articles: tuple[FoundArticle, ...] = ()
    passed: int = 0
    children: tuple[str, ...] = ()
    without_url: int = 0
    defect: str | None = None
