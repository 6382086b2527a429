"""`crawler clean`: removes what an output folder has and no item needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from crawler.cli.shared import AsJson, json_text, mend_code, print_problems, takes
from crawler.cli.status import open_ledger
from crawler.items.find import find_items
from crawler.mends.clean import CleanReport, clean_output
from crawler.options import CrawlOptions, OptionError
from crawler.sanitize import visible
from crawler.session import RunSession

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.exceptions import Problem


@takes("output", "in_place", "wait", in_place="ITEMS are enriched")
def clean(
    items: Annotated[list[str], typer.Argument(help="all item files, or folders of them")],
    write: Annotated[bool, typer.Option("--write", help="do it; otherwise only say what")] = False,
    as_json: AsJson = False,
    **given: Any,
) -> None:
    """Remove the files that no item needs any more; dry run without --write."""
    options = CrawlOptions.parse(items=items, **given)
    open_ledger(options.output).close()  # or a run would make one, which knows less
    files = _all_items(options)
    errors = Console(stderr=True)
    with RunSession(
        options,
        on_problem=lambda text: errors.print(visible(str(text)), markup=False, soft_wrap=True),
        should_stop=lambda: False,
    ) as crawl:
        crawl.plan()
        report = clean_output(options.output, crawl.ledger, files, write=write)
        invalid = crawl.summary.invalid
    if as_json:
        print(json_text(report.as_json(written=write)))
    else:
        _print(report, write=write)
    raise typer.Exit(mend_code(left=report.left, invalid=invalid))


def _all_items(options: CrawlOptions) -> list[Path]:
    """Find all items, or refuse: those that are not seen would be taken for gone.

    Raises:
        ItemsNotFoundError: a path among the items does not exist.
        OptionError: a folder cannot be read, or there is no item.
    """
    problems: list[Problem] = []
    found = find_items(options.items, exclude=options.output, on_problem=problems.append)
    files = [item.path for item in found if item.path.is_file()]
    if problems:
        raise OptionError(f"{problems[0]}; nothing is removed while some items are not seen")
    if not files:
        raise OptionError("there are no items below ITEMS; nothing is removed")
    return files


def _print(report: CleanReport, *, write: bool) -> None:
    print_problems(report.left)
    for file in report.removed:
        print(visible(f"{file.name}: {file.size:,} bytes"))
    for kind, count in report.counts().items():
        print(f"{kind}: {count['files']:,} files, {count['bytes']:,} bytes")
    done = "removed" if write else "would be removed (--write does it)"
    print(f"{len(report.removed)} files {done}, {len(report.left)} left")
