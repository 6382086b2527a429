"""`crawler report`: what is dead and since when, what came back, what changed, what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from crawler.cli.process import project_settings
from crawler.cli.shared import Overrides, json_text, settings_of, takes
from crawler.cli.status import open_ledger
from crawler.options import OptionError
from crawler.output.enriched import conflict_fields
from crawler.report.document import Selection, report_document
from crawler.report.facts import known_items, read_facts
from crawler.report.markdown import markdown_report
from crawler.states import State  # noqa: TC001 - typer reads it
from crawler.timestamps import now_text, parse_duration, utc_text

if TYPE_CHECKING:
    from crawler.report.facts import Facts


class ReportFormat(StrEnum):
    """What a report is written as."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"


_WRITTEN: Final = "report.html"


@takes("output")
def report(
    items: Annotated[list[str], typer.Argument(help="item files, or folders to search for them")],
    report_format: Annotated[
        ReportFormat, typer.Option("--format", help="a page, Markdown or a JSON document")
    ] = ReportFormat.HTML,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE|AGE", help="what happened since then: 2026-11-01, 7d"),
    ] = None,
    state: Annotated[
        list[State], typer.Option(metavar="STATE", help="only sources that ended so")
    ] = [],
    host: Annotated[list[str], typer.Option(metavar="SITE", help="only sources of this site")] = [],
    only: Annotated[list[str], typer.Option(metavar="GLOB", help="only items like this")] = [],
    overrides: Overrides = [],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="where to; -: stdout, as Markdown and JSON by default"),
    ] = None,
    *,
    output: Path,
) -> None:
    """Say what is dead and since when, what came back, what changed and what to do."""
    conflicts = conflict_fields(project_settings(settings_of(overrides)))
    ledger = open_ledger(output)
    try:
        paths = [Path(item) for item in items]
        known = known_items(ledger, paths, exclude=output, only=only)
        facts = read_facts(
            ledger,
            known,
            output,
            now=now_text(),
            since=_moment(since),
            conflicts=conflicts,
        )
    finally:
        ledger.close()
    text = _text(facts, Selection(frozenset(state), frozenset(host)), report_format)
    file = to or Path(_WRITTEN if report_format is ReportFormat.HTML else "-")
    if str(file) == "-":
        print(text, end="")
    else:
        file.write_text(text, "utf-8")


def _text(facts: Facts, chosen: Selection, report_format: ReportFormat) -> str:
    if report_format is ReportFormat.HTML:
        from crawler.report.html import html_report  # noqa: PLC0415 - loads Jinja2

        return html_report(facts, chosen)
    document = report_document(facts, chosen)
    if report_format is ReportFormat.MARKDOWN:
        return markdown_report(document)
    return json_text(document) + "\n"


def _moment(since: str | None) -> str | None:
    """Return the moment that `--since` names, ISO 8601 in UTC.

    Raises:
        OptionError: it is neither a date, nor a date-time, nor an age.
    """
    if since is None:
        return None
    try:
        at = datetime.fromisoformat(since)
        return utc_text(at if at.tzinfo else at.replace(tzinfo=UTC))
    except ValueError:
        pass
    try:
        return utc_text(datetime.now(UTC) - parse_duration(since))
    except (ValueError, OverflowError):
        raise OptionError(f"--since: {since!r} is neither a date nor an age such as 7d") from None
