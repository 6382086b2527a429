"""The extraction pool of a crawl, as its settings ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extraction.extract import ExtractionJob, extract_page, warm_up
from crawler.extraction.pool.extraction_pool import ExtractionPool, default_workers
from crawler.options import OptionError

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from crawler.extraction.article import Article


def pool_from_settings(settings: BaseSettings) -> ExtractionPool[ExtractionJob, Article]:
    """Make the pool that CRAWLER_EXTRACTION_* settings describe.

    Raises:
        OptionError: a limit is not above 0, or the number of workers is below it.
    """
    if settings.getint("CRAWLER_EXTRACTION_WORKERS") < 0:
        raise OptionError("CRAWLER_EXTRACTION_WORKERS: must not be below 0")
    for name in ("CRAWLER_EXTRACTION_SECONDS", "CRAWLER_EXTRACTION_MEMORY"):
        if settings.getfloat(name) <= 0:
            raise OptionError(f"{name}: must be above 0")
    return ExtractionPool(
        extract_page,
        workers=settings.getint("CRAWLER_EXTRACTION_WORKERS") or default_workers(),
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=settings.getint("CRAWLER_EXTRACTION_MEMORY"),
        warm_up=warm_up,
    )
