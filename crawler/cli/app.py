"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from crawler import __version__
from crawler.cli.clean import clean
from crawler.cli.demo import run_demo
from crawler.cli.discover import discover
from crawler.cli.explain import explain_json, find_subject, print_explanation
from crawler.cli.export import export
from crawler.cli.fix import fix
from crawler.cli.ledger import ledger
from crawler.cli.logs import LogFormat, Telling
from crawler.cli.man import man_page
from crawler.cli.process import project_settings, run_items
from crawler.cli.report_page import report
from crawler.cli.settings import settings
from crawler.cli.shared import (
    AsJson,
    Overrides,
    json_text,
    reported_as,
    selected_files,
    takes,
    tells,
)
from crawler.cli.shared import print_summary as _report
from crawler.cli.shared import settings_of as _settings
from crawler.cli.status import print_plan, print_status, read_status
from crawler.cli.strip import strip
from crawler.cli.try_page import try_page
from crawler.options import KINDS, CrawlOptions
from crawler.output.enriched import Additions
from crawler.states import State  # noqa: TC001 - typer reads it
from crawler.summary import exit_code_of

app = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Follows the links of front-matter news items and enriches the items, losslessly.",
)

Items = Annotated[list[str], typer.Argument(help="item files, or folders to search for them")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Have options that belong to no command."""


@app.command()
@takes(*KINDS.keys() - {"items", "files"})
@tells
def run(
    items: Items,
    files_from: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="only the items that this file lists; -: stdin"),
    ] = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="GIT_REV", help="only items changed since this commit")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what is due, and why")
    ] = False,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Visit what is due for ITEMS, and write the enriched files."""
    files = selected_files(items, files_from=files_from, changed_since=changed_since)
    options = CrawlOptions.parse(items=items, files=files, **given)
    chosen = _settings(overrides)
    if dry_run:
        raise typer.Exit(print_plan(options, chosen, as_json=as_json))
    summary = run_items(options, chosen, console=Console(stderr=True), telling=telling)
    _report(summary, telling, as_json=as_json)
    raise typer.Exit(exit_code_of(summary))


app.add_typer(discover, name="discover")
app.add_typer(ledger, name="ledger")
app.command()(clean)
app.command()(fix)
app.command()(strip)
app.command()(export)
app.command("try")(try_page)
app.command()(report)
app.command()(settings)


@app.command()
@takes("output", "in_place")
@tells
def watch(
    items: Items,
    every: Annotated[
        str | None,
        typer.Option(metavar="SPAN|CRON", help="look at all items by the clock: 6h, '0 */6 * * *'"),
    ] = None,
    http: Annotated[
        str | None, typer.Option(metavar="[HOST:]PORT", help="serve health, metrics and a webhook")
    ] = None,
    overrides: Overrides = [],
    *,
    telling: Telling,
    **given: Any,
) -> None:
    """Crawl ITEMS now, and then whatever is new, has changed or falls due, until stopped."""
    from crawler.cli.watch import watch_items  # noqa: PLC0415 - loads what only it needs

    watch_items(
        CrawlOptions.parse(items=items, **given),
        _settings(overrides),
        every=every,
        http=http,
        console=Console(stderr=True),
        telling=telling,
    )


@app.command()
@takes("output")
def status(
    items: Annotated[
        list[str] | None,
        typer.Argument(help="item files, or folders to search for them; without: all known ones"),
    ] = None,
    state: Annotated[
        list[State], typer.Option(metavar="STATE", help="list the sources that ended so")
    ] = [],
    as_json: AsJson = False,
    *,
    output: Path,
) -> None:
    """Say what the ledger knows, of ITEMS or of all, without fetching."""
    paths = [Path(item) for item in items] if items else None
    known = read_status(paths, output, states=frozenset(state))
    if as_json:
        print(json_text(known.as_json()))
    else:
        print_status(known, Console())


@app.command()
@takes("output")
def explain(
    subject: Annotated[str, typer.Argument(metavar="FILE_OR_URL")],
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    output: Path,
) -> None:
    """Show every attempt, state and field of an item or a URL, and where each came from."""
    wanted = Additions.from_settings(project_settings(_settings(overrides)))
    found = find_subject(subject, output, wanted)
    if as_json:
        print(json_text(explain_json(found)))
    else:
        print_explanation(found, Console())


@app.command()
@takes("output")
@tells
def demo(
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    output: Path,
    telling: Telling,
) -> None:
    """Crawl a small bundled web on loopback; needs no network."""
    console = Console(stderr=True)
    summary = run_demo(output, _settings(overrides), console=console, telling=telling)
    _report(summary, telling, as_json=as_json)
    if summary.ended != "finished":
        raise typer.Exit(exit_code_of(summary))


@app.command(hidden=True)
def man() -> None:
    """Print the manual page, as roff."""
    print(man_page(typer.main.get_command(app)), end="")


def main() -> None:
    """Run the command line; what cannot be done ends with exit code 2 and its reason."""
    with reported_as(LogFormat.TEXT):
        app()
