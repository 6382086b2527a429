"""The extraction pool of a crawl, as its settings ask for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from crawler import config
from crawler.extraction.article import Article
from crawler.extraction.job import ExtractionJob, extract_page, warm_up
from crawler.extraction.pool.extraction_pool import ExtractionPool, default_workers
from crawler.extras import how_to_get
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

JobT = TypeVar("JobT")
ReadT = TypeVar("ReadT")

_READER_MEMORY: Final = 256 * 1024 * 1024  # a sitemap may have 50 MiB; there is one worker


def reader_pool(
    settings: BaseSettings, read: Callable[[JobT], ReadT], answer: type[ReadT]
) -> ExtractionPool[JobT, ReadT]:
    """Make a pool of one worker that reads something else than pages, in the time of a page.

    Args:
        read: a top-level function.
        answer: what it returns.

    Raises:
        OptionError: a CRAWLER_EXTRACTION_* setting makes no sense.
    """
    return ExtractionPool(
        read,
        answer,
        workers=1,
        page_seconds=config.EXTRACTION_SECONDS.of(settings),
        memory_bytes=_READER_MEMORY,
    )


def pool_from_settings(
    settings: BaseSettings, *, page_objects: bool = True
) -> ExtractionPool[ExtractionJob, Article]:
    """Make the pool that CRAWLER_EXTRACTION_* and CRAWLER_PAGE_OBJECTS describe.

    Args:
        page_objects: False for a pool that has none.

    Raises:
        OptionError: a CRAWLER_EXTRACTION_* setting makes no sense, or a page object could not work.
    """
    modules = page_object_modules(settings) if page_objects else ()
    work, load = _work_with(modules) if modules else (extract_page, warm_up)
    return ExtractionPool(
        work,
        Article,
        workers=config.EXTRACTION_WORKERS.of(settings) or default_workers(),
        page_seconds=config.EXTRACTION_SECONDS.of(settings),
        memory_bytes=int(config.EXTRACTION_MEMORY.of(settings)),
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
    return config.PAGE_OBJECTS.of(settings)


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
        told = f"{config.PAGE_OBJECTS.name}: needs {how_to_get('poet')}"
        raise OptionError(told) from error
    try:
        load_page_objects(modules)
    except PageObjectError as error:
        raise OptionError(f"{config.PAGE_OBJECTS.name}: {error}") from error
    return extract_by_page_objects, partial(warm_up_with, modules)
