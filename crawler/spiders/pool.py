"""The extraction pool of a crawl, as its settings ask for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

from crawler.extraction.extract import ExtractionJob, extract_page, warm_up
from crawler.extraction.pool.extraction_pool import ExtractionPool, default_workers
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

    from crawler.extraction.article import Article

JobT = TypeVar("JobT")
ReadT = TypeVar("ReadT")

_READER_MEMORY: Final = 256 * 1024 * 1024  # a sitemap may have 50 MiB; there is one worker


def check_pool_settings(settings: BaseSettings) -> None:
    """Look at the CRAWLER_EXTRACTION_* settings before anything is begun.

    Raises:
        OptionError: a limit is no number above 0, or the number of workers is below it.
    """
    for name, lowest in (("WORKERS", -1), ("SECONDS", 0), ("MEMORY", 0)):
        setting = f"CRAWLER_EXTRACTION_{name}"
        try:
            number = float(settings[setting])
        except (TypeError, ValueError):
            number = math.nan
        if not lowest < number < math.inf:
            raise OptionError(f"{setting}: {settings[setting]!r} is not a number above {lowest}")


def reader_pool(
    settings: BaseSettings, read: Callable[[JobT], ReadT]
) -> ExtractionPool[JobT, ReadT]:
    """Make a pool of one worker that reads something else than pages, in the time of a page.

    Args:
        read: a top-level function.

    Raises:
        OptionError: as `check_pool_settings`.
    """
    check_pool_settings(settings)
    return ExtractionPool(
        read,
        workers=1,
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=_READER_MEMORY,
    )


def pool_from_settings(settings: BaseSettings) -> ExtractionPool[ExtractionJob, Article]:
    """Make the pool that CRAWLER_EXTRACTION_* settings describe.

    Raises:
        OptionError: as `check_pool_settings`.
    """
    check_pool_settings(settings)
    return ExtractionPool(
        extract_page,
        workers=int(settings.getfloat("CRAWLER_EXTRACTION_WORKERS")) or default_workers(),
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=int(settings.getfloat("CRAWLER_EXTRACTION_MEMORY")),
        warm_up=warm_up,
    )
