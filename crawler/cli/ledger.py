"""`crawler ledger`: what can be done with a ledger by itself."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from crawler.cli.shared import AsJson, takes
from crawler.options import CrawlOptions
from crawler.session import RunSession
from crawler.summary import ExitCode

ledger = typer.Typer(no_args_is_help=True, help="Work on the ledger, without a network.")


@ledger.callback()
def _group() -> None:
    """Keep `rebuild` a command of its own."""


@ledger.command()
@takes("output", "in_place", in_place="ITEMS are enriched")
def rebuild(
    items: Annotated[list[str], typer.Argument(help="all item files, or folders of them")],
    as_json: AsJson = False,
    **given: Any,
) -> None:
    """Make the ledger anew from ITEMS and from what was written; the earlier one is kept."""
    errors = Console(stderr=True)
    options = CrawlOptions.parse(items=items, **given)
    with RunSession(
        options,
        on_problem=lambda problem: errors.print(problem, markup=False, soft_wrap=True),
        should_stop=lambda: False,
        anew=True,
    ) as crawl:
        counts = crawl.rebuild()
        invalid = crawl.summary.invalid
    if as_json:
        print(json.dumps(counts, indent=2))
    else:
        print(
            f"{counts['items']} items, {counts['sources']} sources: "
            f"{counts['takenOver']} as what was written says, {counts['unknown']} to be visited"
        )
    raise typer.Exit(ExitCode.ITEMS_INVALID if invalid else ExitCode.DONE)
