"""One crawl of a spider against given pages, and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from crawler import config
from crawler.api import RunError
from crawler.items.item import read_item
from crawler.summary import RunSummary
from crawler.testing.pages import write_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.spiders.discovery import DiscoverSpider
    from crawler.testing.pages import Pages

_USAGE_ERROR: Final = 2
_LINES_OF_LOG: Final = 20


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl left behind.

    Attributes:
        summary: the states that its visits ended in, and what was found (`discovery`).
        items: the front matter of the item files, by their names.
        enriched: the texts of the enriched files, by their names.
        log: what was logged.
    """

    summary: RunSummary
    items: Mapping[str, Mapping[str, Any]]
    enriched: Mapping[str, str]
    log: str


def crawl(
    spider: type[DiscoverSpider],
    pages: Pages | Path,
    folder: Path,
    *,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Crawled:
    """Run a spider by the command line, in a process of its own, and return what it left.

    All is real but the network: pages that are not given do not exist (`not-recorded`), and
    nothing is waited for. Further crawls with the same folder go on from what is there.

    Args:
        spider: its module can be imported by its name.
        pages: answers by URL, or a WARC file.
        folder: gets the folders `items` and `output`.
        arguments: of the spider, as by `-a`.
        settings: above those of the Scrapy project that the working folder is in.

    Raises:
        RunError: the crawl could not be done; the message has the end of its log.
    """
    with TemporaryDirectory() as temporary:
        file = pages if isinstance(pages, Path) else Path(temporary) / "pages.warc.gz"
        if not isinstance(pages, Path):
            write_pages(pages, file)
        done = subprocess.run(  # noqa: S603 - this interpreter
            _command(spider, file, folder, arguments or {}, settings or {}),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == _USAGE_ERROR or not done.stdout:
        raise RunError("\n".join(done.stderr.splitlines()[-_LINES_OF_LOG:]))
    return Crawled(
        summary=RunSummary.from_json(json.loads(done.stdout)),
        items={path.name: read_item(path).data for path in _files(folder / "items")},
        enriched={path.name: path.read_text("utf-8") for path in _files(folder / "output/items")},
        log=done.stderr,
    )


def _command(
    spider: type[DiscoverSpider],
    file: Path,
    folder: Path,
    arguments: Mapping[str, str],
    settings: Mapping[str, object],
) -> list[str]:
    wanted = {config.EXTRACTION_WORKERS.name: 1, **settings, "SPIDER_MODULES": spider.__module__}
    return [
        *(sys.executable, "-m", "crawler", "discover", "spider", spider.name, "--json"),
        *(f"--items={folder / 'items'}", f"--output={folder / 'output'}", f"--replay={file}"),
        *(word for name, value in arguments.items() for word in ("-a", f"{name}={value}")),
        *(f"--set={name}={value}" for name, value in wanted.items()),
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.md"))
