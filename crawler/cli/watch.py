"""The `watch` command."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler import config
from crawler.cli.logs import Telling, log_to
from crawler.cli.process import UnusableRunError, project_settings
from crawler.config import TOKEN_VARIABLE
from crawler.crawl.checks import check_settings
from crawler.ledger.revisit import RevisitPolicy
from crawler.summary import ExitCode
from crawler.watch.options import Pace, WatchOptions
from crawler.watch.schedule import Schedule
from crawler.watch.server import Address, open_door
from crawler.watch.watch import DeafError, FirstRunError, Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from crawler.options import CrawlOptions

logger = logging.getLogger("crawler.watch")


def watch_items(
    options: CrawlOptions,
    overrides: Mapping[str, str],
    *,
    every: str | None,
    http: str | None,
    console: Console,
    telling: Telling,
) -> None:
    """Crawl whenever there is something to do, until SIGTERM, SIGINT or SIGHUP.

    Args:
        every: when all items are due by the clock; None: when revisits fall due.
        http: where to listen; None: nowhere.

    Raises:
        OptionError: an option or a setting makes no sense.
        ItemsNotFoundError, OutputBusyError, OSError: see `Watch.run`.
        UnusableRunError: the first run could not be done at all.
        SystemExit: it has to be started again.
    """
    settings = project_settings(overrides)
    settings.set("LOG_LEVEL", "ERROR" if telling.quiet else "INFO", priority="project")
    check_settings(settings)
    address = None if http is None else Address.parse(http)
    told = WatchOptions(
        crawl=replace(options, allow_empty=True),  # the first items may be on their way
        pace=Pace.from_settings(settings),
        revisit=RevisitPolicy.from_settings(settings),
        settings=overrides,
        schedule=None if every is None else Schedule.parse(every),
        words=telling.words(),
    )
    log_to(console, settings, telling)
    names = frozenset(map(str.lower, config.WATCH_HOSTS.of(settings)))
    try:
        asyncio.run(_watch(told, address, names))
    except FirstRunError as error:
        raise UnusableRunError(str(error)) from error
    except DeafError as error:
        logger.error("%s", error, extra={"event": "failed"})  # noqa: TRY400 - it tells all
        raise SystemExit(ExitCode.NEEDS_A_LOOK) from None


async def _watch(told: WatchOptions, address: Address | None, names: frozenset[str]) -> None:
    watch = Watch(told)
    folders = [path for path in told.crawl.items if path.is_dir()]
    async with AsyncExitStack() as stack:
        if address is not None:
            token = os.environ.get(TOKEN_VARIABLE) or None
            await stack.enter_async_context(open_door(watch, folders, address, token, names=names))
        await watch.run()
