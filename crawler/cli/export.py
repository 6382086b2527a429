"""`crawler export`: what the enriched files say, as tables for other programs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.shared import AsJson, json_text, print_problems
from crawler.export.rows import EnrichedFolders, Table, columns_of
from crawler.export.tables import TableFormat, check_format, written_table
from crawler.options import OptionError, parse_since
from crawler.output.layout import Layout
from crawler.sanitize import visible
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.exceptions import Problem


@dataclass(slots=True)
class ExportReport:
    """What an export came to.

    Attributes:
        files: what was written, by table.
        rows: how many rows each has.
        plain: how many items have nothing of ours.
        invalid: what is wrong with files that were left out.
    """

    files: dict[Table, Path]
    rows: dict[Table, int]
    plain: int = 0
    invalid: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        tables = {table: str(file) for table, file in self.files.items()}
        return {
            **{table: {"file": tables[table], "rows": self.rows[table]} for table in tables},
            "plain": self.plain,
            "invalid": [problem.as_json() for problem in self.invalid],
        }


def export(
    items: Annotated[
        list[str] | None,
        typer.Argument(help="items that --in-place enriched, or folders; else those of the output"),
    ] = None,
    kind: Annotated[TableFormat, typer.Option("--format", help="of the files")] = TableFormat.JSONL,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="where the files go")] = Path("export"),
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE|AGE", help="only what was fetched or tried since then"),
    ] = None,
    texts: Annotated[bool, typer.Option("--texts/--no-texts", help="the articles, too")] = True,
    output: Annotated[Path, typer.Option("-o", "--output", help="the output folder")] = Path(
        "output"
    ),
    as_json: AsJson = False,
) -> None:
    """Write what the enriched files say as two tables: a row an article, and a row a link."""
    check_format(kind)
    folders = EnrichedFolders(Layout(output), [Path(item) for item in items or ()])
    if not items and not folders.layout.items.is_dir():
        told = f"there are no enriched items in {output}; name ITEMS that --in-place enriched"
        raise OptionError(f"output: {told}")
    report = write_tables(folders, to, kind, since=parse_since(since), texts=texts)
    print_problems(report.invalid)
    if as_json:
        print(json_text(report.as_json()))
    else:
        for table, file in report.files.items():
            print(visible(f"{file}: {report.rows[table]:,} {table}"))
    raise typer.Exit(ExitCode.ITEMS_INVALID if report.invalid else ExitCode.DONE)


def write_tables(
    folders: EnrichedFolders,
    to: Path,
    kind: TableFormat,
    *,
    since: datetime | None = None,
    texts: bool = True,
) -> ExportReport:
    """Write both tables into a folder, in the place of earlier ones once all rows are read.

    Raises:
        ItemsNotFoundError: one of the items is missing.
        OSError: a file cannot be written.
    """
    tables: tuple[Table, ...] = ("articles", "links")
    files = {table: to / f"{table}.{kind}" for table in tables}
    report = ExportReport(files, dict.fromkeys(tables, 0))

    def count_plain(_: Path) -> None:
        report.plain += 1

    with ExitStack() as stack:
        write = {
            table: stack.enter_context(written_table(file, kind, columns_of(table, texts=texts)))
            for table, file in files.items()
        }
        for table, row in folders.rows(
            since=since, on_problem=report.invalid.append, on_plain=count_plain
        ):
            write[table](row)
            report.rows[table] += 1
    return report
