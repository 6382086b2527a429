"""The demo: the real crawl of a small bundled web on loopback."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crawler import config
from crawler.cli.process import own_settings, run_items
from crawler.demo.web import copy_items, serve
from crawler.options import CrawlOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.console import Console

    from crawler.cli.logs import Telling
    from crawler.summary import RunSummary


def run_demo(
    output: Path, overrides: Mapping[str, str], *, console: Console, telling: Telling
) -> RunSummary:
    """Serve the bundled web, crawl the bundled items through it, and return what was done.

    The items are copied to `demo-items` in the output folder, to be compared with the result.
    """
    items = output / "demo-items"
    copy_items(items)
    with serve() as proxy, _through(proxy):
        options = CrawlOptions(items=(items,), output=output)
        # Its web has no archive, and its dead links are nobody else's business.
        alone = {config.WAYBACK.name: "", **overrides}
        settings = own_settings(alone)  # its articles are nobody's news
        return run_items(options, alone, console=console, telling=telling, settings=settings)


@contextmanager
def _through(proxy: str) -> Iterator[None]:
    """Send all http requests of this process through a proxy."""
    names = ("http_proxy", "no_proxy", "NO_PROXY")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["http_proxy"] = proxy
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
