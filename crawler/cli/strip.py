"""`crawler strip`: takes out of items what runs with `--in-place` put in."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crawler.cli.shared import (
    AsJson,
    json_text,
    mend_code,
    no_run_on,
    print_problems,
    refuse_outputs,
    takes,
)
from crawler.mends.strip import StripReport, strip_items
from crawler.options import CrawlOptions
from crawler.sanitize import visible


@takes(
    "output",
    "only",
    "wait",
    "overwrite_edited",
    output="the output folder of the runs",
    overwrite_edited="strip also items whose added parts somebody edited",
)
def strip(
    items: Annotated[list[str], typer.Argument(help="item files, or folders to search for them")],
    write: Annotated[bool, typer.Option("--write", help="do it; otherwise only say what")] = False,
    as_json: AsJson = False,
    **given: Any,
) -> None:
    """Give ITEMS that --in-place enriched their original bytes back; dry run without --write."""
    options = CrawlOptions.parse(items=items, **given)
    refuse_outputs(options)
    with no_run_on(options, write=write):
        report = strip_items(
            options.items,
            exclude=options.output,
            only=options.only,
            edited=options.overwrite_edited,
            write=write,
        )
    if as_json:
        print(json_text(report.as_json(written=write)))
    else:
        _print(report, write=write)
    raise typer.Exit(mend_code(left=report.left, invalid=report.invalid))


def _print(report: StripReport, *, write: bool) -> None:
    print_problems((*report.invalid, *report.left))
    for item in report.stripped:
        below = "; what was typed below the article stays" if item.has_text_below else ""
        print(visible(f"{item.file}: {item.size:,} bytes{below}"))
    done = "stripped" if write else "would be stripped (--write does it)"
    print(
        f"{len(report.stripped)} items, {report.size:,} bytes {done}; {report.plain} have nothing "
        f"of ours, {len(report.left)} left, {len(report.invalid)} invalid"
    )
