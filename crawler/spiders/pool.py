"""The extraction pool of a crawl, as its settings ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extraction.extract import ExtractionJob, extract_page, warm_up
from crawler.extraction.pool.extraction_pool import ExtractionPool, default_workers

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from crawler.extraction.article import Article


def pool_from_settings(settings: BaseSettings) -> ExtractionPool[ExtractionJob, Article]:
    """Make the pool that CRAWLER_EXTRACTION_* settings describe."""
    return ExtractionPool(
        extract_page,
        workers=settings.getint("CRAWLER_EXTRACTION_WORKERS") or default_workers(),
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=settings.getint("CRAWLER_EXTRACTION_MEMORY"),
        warm_up=warm_up,
    )
