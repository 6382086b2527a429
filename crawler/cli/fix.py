"""`crawler fix`: writes other addresses in the place of those that are dead or have moved."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any

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
from crawler.cli.status import open_ledger
from crawler.mends.fix import FixReport, fix_items
from crawler.mends.keep import KeepRule, read_keep_rules
from crawler.options import CrawlOptions, OptionError
from crawler.rules import RulesError
from crawler.sanitize import visible

if TYPE_CHECKING:
    from crawler.mends.fix import FixedItem


@takes("output", "only", "wait", output="the output folder of the runs")
def fix(
    items: Annotated[list[str], typer.Argument(help="item files, or folders to search for them")],
    write: Annotated[bool, typer.Option("--write", help="do it; otherwise only say what")] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="TOML", help="rules that say what is never touched")
    ] = None,
    as_json: AsJson = False,
    **given: Any,
) -> None:
    """Replace the addresses in ITEMS that are dead or have moved; dry run without --write."""
    options = CrawlOptions.parse(items=items, **given)
    refuse_outputs(options)
    rules = _rules(keep)
    with no_run_on(options, write=write):
        ledger = open_ledger(options.output)
        try:
            report = fix_items(
                options.items,
                ledger,
                exclude=options.output,
                only=options.only,
                keep=rules,
                write=write,
            )
        finally:
            ledger.close()
    if as_json:
        print(json_text(report.as_json(written=write)))
    else:
        _print(report, write=write)
    raise typer.Exit(mend_code(left=report.refused, invalid=report.invalid))


def _rules(keep: Path | None) -> tuple[KeepRule, ...]:
    if keep is None:
        return ()
    try:
        return read_keep_rules(keep)
    except RulesError as error:
        raise OptionError(f"--keep: {error}") from error


def _print(report: FixReport, *, write: bool) -> None:
    print_problems((*report.invalid, *report.refused, *report.kept, *report.left))
    for item in report.fixed:
        _print_diff(item)
    done = "replaced" if write else "would be replaced (--write does it)"
    print(
        f"# {report.edits} addresses in {len(report.fixed)} items {done}; {len(report.left)} "
        f"without a proposal, {len(report.kept)} kept by rules, {len(report.refused)} refused, "
        f"{len(report.invalid)} items invalid"
    )


def _print_diff(item: FixedItem) -> None:
    """Print why, and then the diff: to a file as it is, to a terminal so that it does nothing."""
    for edit in item.edits:
        print(visible(f"# {item.file}:{edit.line}: {edit.field}: {edit.why}"))
    if sys.stdout.isatty():
        print(visible(item.diff().replace("\r\n", "\n"), keep="\n\t"), end="")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(item.diff().encode())
