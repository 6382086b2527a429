"""Spiders: thin shells that visit what the plan says is due.

    from crawler.spiders import FoundArticle, ListingSpider

The names below are what spiders of one's own are made of (docs/spiders.md); they are imported when
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawler.discovery.found import FoundArticle, FoundImage
    from crawler.spiders.article_item import ArticleItem
    from crawler.spiders.discovery import DiscoverSpider
    from crawler.spiders.feeds import FeedsSpider
    from crawler.spiders.listing import ListingSpider
    from crawler.spiders.sitemaps import SitemapsSpider
    from crawler.spiders.visited import SourceVisit

__all__ = [
    "ArticleItem",
    "DiscoverSpider",
    "FeedsSpider",
    "FoundArticle",
    "FoundImage",
    "ListingSpider",
    "SitemapsSpider",
    "SourceVisit",
]

_HOME: Final = {
    "ArticleItem": "crawler.spiders.article_item",
    "DiscoverSpider": "crawler.spiders.discovery",
    "FeedsSpider": "crawler.spiders.feeds",
    "FoundArticle": "crawler.discovery.found",
    "FoundImage": "crawler.discovery.found",
    "ListingSpider": "crawler.spiders.listing",
    "SitemapsSpider": "crawler.spiders.sitemaps",
    "SourceVisit": "crawler.spiders.visited",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
