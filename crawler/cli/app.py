"""The commands and their options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crawler import __version__
from crawler.cli.demo import run_demo
from crawler.cli.dry_run import print_plan
from crawler.cli.explain import explain_json, find_subject, print_explanation
from crawler.cli.logs import LogFormat
from crawler.cli.process import run_items
from crawler.cli.report import print_report
from crawler.cli.selection import selected_files
from crawler.cli.status import print_status, read_status
from crawler.cli.usage_errors import USAGE_ERRORS, reported_as
from crawler.exit_codes import ExitCode, exit_code_of
from crawler.options import CrawlOptions, OptionError

if TYPE_CHECKING:
    from crawler.summary import RunSummary

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Follows the links of front-matter news items and enriches the items, losslessly.",
)

Items = Annotated[list[str], typer.Argument(help="item files, or folders to search for them")]
Output = Annotated[Path, typer.Option("-o", "--output", help="the output folder")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document to stdout")]
Overrides = Annotated[
    list[str], typer.Option("-s", "--set", metavar="NAME=VALUE", help="a Scrapy setting")
]
LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", help="log lines for people, or JSON for machines")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="also show Scrapy's own log")]


@app.command()
def run(
    items: Items,
    output: Output = Path("output"),
    only: Annotated[list[str], typer.Option(metavar="GLOB", help="only items like this")] = [],
    files_from: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="only the items that this file lists; -: stdin"),
    ] = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="GIT_REV", help="only items changed since this commit")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=10**9, help="at most so many items with work")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="fetch all sources again")] = False,
    retry: Annotated[list[str], typer.Option(metavar="STATE", help="fetch those again")] = [],
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="fetch again what was not seen for so long"),
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="write into ITEMS itself")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="wait for another run to end")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what is due, and why")
    ] = False,
    as_json: AsJson = False,
    overrides: Overrides = [],
    log_format: LogFormatOption = LogFormat.TEXT,
    verbose: Verbose = False,
) -> None:
    """Visit what is due for ITEMS, and write the enriched files."""
    with reported_as(log_format):
        options = CrawlOptions.parse(
            items=items,
            output=output,
            only=only,
            files=selected_files(items, files_from=files_from, changed_since=changed_since),
            limit=limit,
            force=force,
            retry=retry,
            older_than=older_than,
            in_place=in_place,
            wait=wait,
        )
        settings = _settings(overrides)
        if dry_run:
            raise typer.Exit(print_plan(options, settings, as_json=as_json))
        console = Console(stderr=True)
        summary = run_items(
            options, settings, console=console, verbose=verbose, log_format=log_format
        )
    _report(summary, as_json=as_json)
    raise typer.Exit(exit_code_of(summary))


@app.command()
def watch(
    items: Items,
    output: Output = Path("output"),
    every: Annotated[
        str | None,
        typer.Option(metavar="SPAN|CRON", help="look at all items by the clock: 6h, '0 */6 * * *'"),
    ] = None,
    http: Annotated[
        str | None, typer.Option(metavar="[HOST:]PORT", help="serve health, metrics and a webhook")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="write into ITEMS itself")] = False,
    overrides: Overrides = [],
    log_format: LogFormatOption = LogFormat.TEXT,
    verbose: Verbose = False,
) -> None:
    """Crawl ITEMS now, and then whatever is new, has changed or falls due, until stopped."""
    from crawler.cli.watch import watch_items  # noqa: PLC0415 - loads what only it needs

    with reported_as(log_format):
        watch_items(
            CrawlOptions.parse(items=items, output=output, in_place=in_place),
            _settings(overrides),
            every=every,
            http=http,
            console=Console(stderr=True),
            log_format=log_format,
            verbose=verbose,
        )


@app.command()
def status(items: Items, output: Output = Path("output"), as_json: AsJson = False) -> None:
    """Say what the ledger knows of ITEMS, without fetching."""
    options = CrawlOptions.parse(items=items, output=output)
    known = read_status(list(options.items), output)
    if as_json:
        print(json.dumps(known.as_json(), indent=2))
    else:
        print_status(known, Console())


@app.command()
def explain(
    subject: Annotated[str, typer.Argument(metavar="FILE_OR_URL")],
    output: Output = Path("output"),
    as_json: AsJson = False,
) -> None:
    """Show every hop, state and field of an item or a URL, and where each came from."""
    found = find_subject(subject, output)
    if as_json:
        print(json.dumps(explain_json(found), indent=2, ensure_ascii=False))
    else:
        print_explanation(found, Console())


@app.command()
def demo(
    output: Output = Path("output"),
    as_json: AsJson = False,
    overrides: Overrides = [],
    verbose: Verbose = False,
) -> None:
    """Crawl a small bundled web on loopback; needs no network."""
    summary = run_demo(output, _settings(overrides), console=Console(stderr=True), verbose=verbose)
    _report(summary, as_json=as_json)
    if summary.ended != "finished":
        raise typer.Exit(exit_code_of(summary))


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Run the command line; a use that makes no sense ends with exit code 2 and its reason."""
    try:
        app()
    except USAGE_ERRORS as error:
        Console(stderr=True).print(f"crawler: {error}", style="red", markup=False, soft_wrap=True)
        raise SystemExit(ExitCode.USAGE_ERROR) from None


def _report(summary: RunSummary, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary.as_json(), indent=2, ensure_ascii=False))
    else:
        print_report(summary, Console())


def _settings(overrides: list[str]) -> dict[str, str]:
    settings = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name:
            raise OptionError(f"-s: {override!r} is not NAME=VALUE")
        settings[name] = value
    return settings
