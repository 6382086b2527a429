"""Follows the links of front-matter news items and enriches the items, losslessly.

    from crawler import extract_article, read_item, run

The names below are the public Python API; they are imported when first used, so that the workers
of the extraction pool load no more than they need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawler.api import RunError, run
    from crawler.exceptions import ItemError, Problem
    from crawler.export.enriched_files import EnrichedItem, read_enriched
    from crawler.extraction.article import Article, Image, Media
    from crawler.extraction.extract import extract_article
    from crawler.items.item import Item, Link, read_item
    from crawler.options import OptionError
    from crawler.states import State
    from crawler.summary import RunSummary

__version__ = "0.2.0"

__all__ = [
    "Article",
    "EnrichedItem",
    "Image",
    "Item",
    "ItemError",
    "Link",
    "Media",
    "OptionError",
    "Problem",
    "RunError",
    "RunSummary",
    "State",
    "extract_article",
    "read_enriched",
    "read_item",
    "run",
]

_HOME: Final = {
    "Article": "crawler.extraction.article",
    "EnrichedItem": "crawler.export.enriched_files",
    "Image": "crawler.extraction.article",
    "Item": "crawler.items.item",
    "ItemError": "crawler.exceptions",
    "Link": "crawler.items.link",
    "Media": "crawler.extraction.article",
    "OptionError": "crawler.options",
    "Problem": "crawler.exceptions",
    "RunError": "crawler.api",
    "RunSummary": "crawler.summary",
    "State": "crawler.states",
    "extract_article": "crawler.extraction.extract",
    "read_enriched": "crawler.export.enriched_files",
    "read_item": "crawler.items.item",
    "run": "crawler.api",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
