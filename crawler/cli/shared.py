"""Options that several commands have, and what they print at their end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crawler.cli.logs import LogFormat
from crawler.cli.report import print_report
from crawler.options import OptionError
from crawler.visible import visible_json

if TYPE_CHECKING:
    from crawler.summary import RunSummary

Output = Annotated[Path, typer.Option("-o", "--output", help="the output folder")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document to stdout")]
Overrides = Annotated[
    list[str], typer.Option("-s", "--set", metavar="NAME=VALUE", help="a Scrapy setting")
]
Archive = Annotated[
    list[Path], typer.Option(metavar="WARC", help="answer from this file, not from the network")
]
Record = Annotated[
    Path | None, typer.Option(metavar="WARC", help="append what the crawl sees to this file")
]
LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", help="log lines for people, or JSON for machines")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="also show Scrapy's own log")]


def print_summary(summary: RunSummary, *, as_json: bool) -> None:
    """Print what a run did, for a person or as one JSON document."""
    if as_json:
        print(visible_json(json.dumps(summary.as_json(), indent=2, ensure_ascii=False)))
    else:
        print_report(summary, Console())


def settings_of(overrides: list[str]) -> dict[str, str]:
    """Return the Scrapy settings that `-s NAME=VALUE` names.

    Raises:
        OptionError: one of them has another form.
    """
    settings = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name:
            raise OptionError(f"-s: {override!r} is not NAME=VALUE")
        settings[name] = value
    return settings
