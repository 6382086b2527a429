"""The extraction pool of a crawl, as its settings ask for it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from crawler.extraction.article import Article
from crawler.extraction.job import ExtractionJob, extract_page, warm_up
from crawler.extraction.pool.extraction_pool import ExtractionPool, default_workers
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

JobT = TypeVar("JobT")
ReadT = TypeVar("ReadT")

PAGE_OBJECTS: Final = "CRAWLER_PAGE_OBJECTS"
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
    settings: BaseSettings, read: Callable[[JobT], ReadT], answer: type[ReadT]
) -> ExtractionPool[JobT, ReadT]:
    """Make a pool of one worker that reads something else than pages, in the time of a page.

    Args:
        read: a top-level function.
        answer: what it returns.

    Raises:
        OptionError: as `check_pool_settings`.
    """
    check_pool_settings(settings)
    return ExtractionPool(
        read,
        answer,
        workers=1,
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=_READER_MEMORY,
    )


def pool_from_settings(
    settings: BaseSettings, *, page_objects: bool = True
) -> ExtractionPool[ExtractionJob, Article]:
    """Make the pool that CRAWLER_EXTRACTION_* and CRAWLER_PAGE_OBJECTS describe.

    Args:
        page_objects: False for a pool that has none.

    Raises:
        OptionError: as `check_pool_settings`, or a page object could not work.
    """
    check_pool_settings(settings)
    modules = page_object_modules(settings) if page_objects else ()
    work, load = _work_with(modules) if modules else (extract_page, warm_up)
    return ExtractionPool(
        work,
        Article,
        workers=int(settings.getfloat("CRAWLER_EXTRACTION_WORKERS")) or default_workers(),
        page_seconds=settings.getfloat("CRAWLER_EXTRACTION_SECONDS"),
        memory_bytes=int(settings.getfloat("CRAWLER_EXTRACTION_MEMORY")),
        warm_up=load,
    )


def check_page_objects(settings: BaseSettings) -> None:
    """Load the page objects before anything is begun.

    Raises:
        OptionError: one could not work.
    """
    if modules := page_object_modules(settings):
        _work_with(modules)


def page_object_modules(settings: BaseSettings) -> tuple[str, ...]:
    """Return the names of the modules that CRAWLER_PAGE_OBJECTS names."""
    return tuple(name.strip() for name in settings.getlist(PAGE_OBJECTS) if name.strip())


def page_object_name(settings: BaseSettings, url: str) -> str | None:
    """Return the name of the page object of a page, once a pool was made; None: it has none."""
    if not page_object_modules(settings):
        return None
    from crawler.page_objects import page_object_for  # noqa: PLC0415 - needs an extra

    page = page_object_for(url)
    return None if page is None else f"{page.__module__}.{page.__qualname__}"


def _work_with(
    modules: tuple[str, ...],
) -> tuple[Callable[[ExtractionJob], Article], Callable[[], object]]:
    """Return what a worker does that has page objects, which are looked at here, too.

    Raises:
        OptionError: they cannot be used.
    """
    try:
        from crawler.page_objects import (  # noqa: PLC0415 - needs an extra
            PageObjectError,
            extract_by_page_objects,
            load_page_objects,
            warm_up_with,
        )
    except ModuleNotFoundError as error:
        if error.name != "web_poet":
            raise
        told = "needs web-poet: pip install 'frontmatter-crawler[poet]'"
        raise OptionError(f"{PAGE_OBJECTS}: {told}") from error
    try:
        load_page_objects(modules)
    except PageObjectError as error:
        raise OptionError(f"{PAGE_OBJECTS}: {error}") from error
    return extract_by_page_objects, partial(warm_up_with, modules)
