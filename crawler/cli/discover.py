"""The commands that create new items: `crawler discover feeds` and its like."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from crawler.cli.logs import Telling  # noqa: TC001 - typer reads it
from crawler.cli.process import find_spider, project_settings, run_items, spider_arguments
from crawler.cli.shared import (
    AsJson,
    Overrides,
    print_summary,
    settings_of,
    takes,
    tells,
)
from crawler.discovery.options import MAX_NEW, HostFilter, SearchOptions, check_folder
from crawler.options import CrawlOptions
from crawler.spiders.feeds import FeedsSpider
from crawler.spiders.sitemaps import SitemapsSpider
from crawler.spiders.warc import WarcSpider
from crawler.summary import exit_code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.settings import Settings

    from crawler.spiders.discovery import DiscoverSpider

discover = typer.Typer(
    no_args_is_help=True,
    help="Create items from feeds, sitemaps or WARC files, and enrich all items of their folder.",
)

Folder = Annotated[str, typer.Option("--items", metavar="ITEMS", help="folder of the items")]
Since = Annotated[
    str | None, typer.Option(metavar="DATE_OR_AGE", help="pass over what is known to be older")
]
Match = Annotated[
    list[str], typer.Option(metavar="GLOB", help="only articles whose URL is like this")
]
MaxNew = Annotated[int, typer.Option(min=1, help="at most so many new items")]
_takes = partial(takes, force="fetch all again, changed or not")


@discover.command()
@_takes("output", "force", "wait", "replay", "record")
@tells
def feeds(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="feeds, or pages with one")],
    items: Folder,
    since: Since = None,
    match: Match = [],
    max_new: MaxNew = MAX_NEW,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Create an item for each new entry of RSS, Atom and JSON feeds."""
    options = CrawlOptions.parse(items=items, **given)
    own = {"urls": urls, "since": since, "match": match, "max_new": max_new}
    _run(FeedsSpider, options, own, overrides, as_json=as_json, telling=telling)


@discover.command()
@_takes("output", "force", "wait", "replay", "record")
@tells
def sitemaps(
    urls: Annotated[
        list[str], typer.Argument(metavar="URL...", help="sites, or sitemaps and their indexes")
    ],
    items: Folder,
    since: Since = None,
    match: Match = [],
    max_new: MaxNew = MAX_NEW,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Create an item for each article that sitemaps name, the newest first."""
    options = CrawlOptions.parse(items=items, **given)
    own = {"urls": urls, "since": since, "match": match, "max_new": max_new}
    _run(SitemapsSpider, options, own, overrides, as_json=as_json, telling=telling)


@discover.command()
@_takes("output", "force", "wait")
@tells
def warc(
    files: Annotated[list[Path], typer.Argument(metavar="WARC...", help="WARC files")],
    items: Folder,
    host: Annotated[
        list[str],
        typer.Option(metavar="HOST", help="pages of this host and its subdomains; *: all"),
    ] = [],
    since: Since = None,
    match: Match = [],
    max_new: MaxNew = MAX_NEW,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Create an item for each page that WARC files have of some hosts, without a network."""
    options = CrawlOptions.parse(items=items, replay=files, **given)
    HostFilter.parse(host)
    own = {"hosts": host, "since": since, "match": match, "max_new": max_new}
    _run(WarcSpider, options, own, overrides, as_json=as_json, telling=telling)


@discover.command("spider")
@_takes("output", "force", "wait", "replay", "record")
@tells
def spider_of_ones_own(
    name: Annotated[str, typer.Argument(help="a spider's name, by SPIDER_MODULES or a package")],
    items: Folder,
    argument: Annotated[
        list[str], typer.Option("-a", metavar="NAME=VALUE", help="an argument of the spider")
    ] = [],
    since: Since = None,
    match: Match = [],
    max_new: MaxNew = MAX_NEW,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Create an item for each article that a spider of your own finds."""
    settings = project_settings(settings_of(overrides))
    spider = find_spider(name, settings)
    options = CrawlOptions.parse(items=items, **given)
    search = {"since": since, "match": match, "max_new": max_new}
    own = search | spider_arguments(spider, argument)
    _run(spider, options, own, overrides, as_json=as_json, telling=telling, settings=settings)


def _run(
    spider: type[DiscoverSpider],
    options: CrawlOptions,
    own: Mapping[str, Any],
    overrides: list[str],
    *,
    as_json: bool,
    telling: Telling,
    settings: Settings | None = None,
) -> None:
    check_folder(options)
    known = SearchOptions.__dataclass_fields__
    SearchOptions.parse(**{name: value for name, value in own.items() if name in known})
    summary = run_items(
        options,
        settings_of(overrides),
        console=Console(stderr=True),
        telling=telling,
        spider=spider,
        arguments=own,
        settings=settings,
    )
    print_summary(summary, telling, as_json=as_json)
    raise typer.Exit(exit_code_of(summary))
