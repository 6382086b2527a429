"""Runs the items spider in a Scrapy process of its own settings."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.cli.logs import LogFormat, log_to
from crawler.cli.progress import live_progress
from crawler.options import CrawlOptions
from crawler.spiders.checks import check_settings
from crawler.spiders.items import ItemsSpider
from crawler.spiders.source import SourceSpider
from crawler.spiders.warc_files import choose_warc_files
from crawler.summary import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from crawler.summary import RunSummary


class UnusableRunError(RuntimeError):
    """The run could not be done; the message says why."""


def run_items(
    options: CrawlOptions,
    overrides: Mapping[str, str],
    *,
    console: Console,
    verbose: bool,
    log_format: LogFormat = LogFormat.TEXT,
    spider: type[SourceSpider] = ItemsSpider,
    arguments: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> RunSummary:
    """Crawl and return what was done.

    Args:
        overrides: Scrapy settings by name, above those of the project.
        console: where progress and log lines go; a terminal gets a live display.
        verbose: also show what Scrapy itself logs.
        spider, arguments: the spider, and arguments of its own.
        log_format: how log lines look; those for machines leave no place for a live display.
        settings: those of the spider's own project, with the overrides in them.

    Raises:
        OptionError: a setting makes no sense.
        UnusableRunError: the run could not be done at all.
    """
    is_live = console.is_terminal and not verbose and log_format is LogFormat.TEXT
    settings = project_settings(overrides) if settings is None else settings
    level = "WARNING" if is_live else "INFO"
    quiet = {"STATS_DUMP": False, "LOG_LEVEL": level, "LOG_INSTALL_ROOT_HANDLER": False}
    settings.setdict(quiet, priority="project")
    check_settings(settings)
    choose_warc_files(settings, options)  # the spider does, too; here an error has its own words
    process = _Process(settings)
    # After Scrapy has set its own levels.
    log_to(console, settings, verbose=verbose, log_format=log_format)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **_arguments(options), **(arguments or {}))
    display: AbstractContextManager[Any] = nullcontext()
    if is_live:
        display = live_progress(crawler, console)
    gc.freeze()  # what is loaded by now stays, so that no collection has to look at it again
    with display:
        process.start()
    ran = crawler.spider
    if process.was_stopped:
        if not isinstance(ran, SourceSpider) or ran.summary is None:
            raise KeyboardInterrupt  # before anything was begun
        ran.summary.ended = INTERRUPTED  # also where a second signal left no time to say so
    if not isinstance(ran, SourceSpider) or ran.summary is None or ran.failure:
        failure = ran.failure if isinstance(ran, SourceSpider) else None
        raise UnusableRunError(failure or "the crawl did not start; see the log")
    return ran.summary


class _Process(AsyncCrawlerProcess):
    """A process that remembers that it was told to stop, also before a crawl has begun."""

    was_stopped = False

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        self.was_stopped = True
        super()._signal_shutdown(signum, frame)


def project_settings(overrides: Mapping[str, str]) -> Settings:
    """Return the project's settings, with others above them."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(overrides), priority="cmdline")
    return settings


def _arguments(options: CrawlOptions) -> dict[str, Any]:
    return {name: getattr(options, name) for name in CrawlOptions.__dataclass_fields__}
