"""Runs a spider of ours, or somebody's own, in a Scrapy process of its own settings."""

from __future__ import annotations

import gc
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from crawler.cli.logs import Telling, log_to
from crawler.cli.report import live_progress
from crawler.crawl.checks import check_settings, choose_warc_files
from crawler.crawl.project import spider_settings
from crawler.downloader.scrapy_internals import InterruptibleProcess
from crawler.options import CrawlOptions, OptionError
from crawler.spiders.discovery import DiscoverSpider
from crawler.spiders.items import ItemsSpider
from crawler.spiders.source import SourceSpider
from crawler.summary import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from crawler.summary import RunSummary


def find_spider(name: str, settings: Settings) -> type[DiscoverSpider]:
    """Return the spider of this name, of SPIDER_MODULES or of an installed package.

    Modules are looked for in the working folder, too.

    Raises:
        OptionError: there is none, it cannot be loaded, or it finds no articles.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        loader = get_spider_loader(settings)
        spider = loader.load(name)
    except KeyError:
        known = ", ".join(sorted(loader.list()))
        raise OptionError(f"there is no spider {name!r}; there are {known}") from None
    except (ImportError, SyntaxError) as error:
        raise OptionError(f"spiders cannot be loaded: {error}") from error
    if not issubclass(spider, DiscoverSpider):
        raise OptionError(f"{name!r} finds no articles: it is no DiscoverSpider")
    return spider


def spider_arguments(spider: type[DiscoverSpider], pairs: list[str]) -> dict[str, str]:
    """Return what `-a NAME=VALUE` says.

    Raises:
        OptionError: one has another form, or the spider does not know it.
    """
    arguments = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in spider.arguments:
            known = ", ".join(sorted(spider.arguments))
            raise OptionError(f"-a: {pair!r} is not NAME=VALUE with a name of {known}")
        arguments[name] = value
    return arguments


class UnusableRunError(RuntimeError):
    """The run could not be done; the message says why."""


def run_items(
    options: CrawlOptions,
    overrides: Mapping[str, str],
    *,
    console: Console,
    telling: Telling,
    spider: type[SourceSpider] = ItemsSpider,
    arguments: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> RunSummary:
    """Crawl and return what was done.

    Args:
        overrides: Scrapy settings by name, above those of the Scrapy project around the folder.
        console: where progress and log lines go; a terminal gets a live display.
        spider, arguments: the spider, and arguments of its own.
        settings: those of the spider's own project, with the overrides in them.

    Raises:
        OptionError: a setting makes no sense.
        UnusableRunError: the run could not be done at all.
    """
    settings = project_settings(overrides) if settings is None else settings
    level = telling.level(console)
    quiet = {"STATS_DUMP": False, "LOG_LEVEL": level, "LOG_INSTALL_ROOT_HANDLER": False}
    settings.setdict(quiet, priority="project")
    check_settings(settings)
    choose_warc_files(settings, options)  # the spider does, too; here an error has its own words
    process = InterruptibleProcess(settings)
    # After Scrapy has set its own levels.
    log_to(console, settings, telling)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **_arguments(options), **(arguments or {}))
    display: AbstractContextManager[Any] = nullcontext()
    if telling.is_live(console):
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


def own_settings(overrides: Mapping[str, str]) -> Settings:
    """Return the settings of this program, with others above them, whatever folder this is."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(overrides), priority="cmdline")
    return settings


def project_settings(overrides: Mapping[str, str]) -> Settings:
    """Return the settings of the Scrapy project around the working folder, with others above them.

    Raises:
        OptionError: they cannot be loaded.
    """
    try:
        return spider_settings(overrides)
    except (ImportError, SyntaxError) as error:
        told = f"the settings of this Scrapy project cannot be loaded: {error}"
        raise OptionError(told) from error


def _arguments(options: CrawlOptions) -> dict[str, Any]:
    return {name: getattr(options, name) for name in CrawlOptions.__dataclass_fields__}
