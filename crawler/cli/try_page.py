"""`crawler try`: what would be extracted from a page, field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from crawler.cli.markup import escape
from crawler.cli.one_page import TriedPage, address, stored, try_file, try_url
from crawler.cli.process import project_settings
from crawler.cli.shared import AsJson, Overrides, Verbose, settings_of
from crawler.exit_codes import ExitCode
from crawler.options import OptionError
from crawler.rules.site_rules import RULES
from crawler.spiders.checks import check_settings
from crawler.spiders.pool import page_object_modules
from crawler.trial.case import Case
from crawler.trial.told import Told, told_fields
from crawler.visible import visible_json

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from crawler.spiders.reading import Reading

_SHOWN = 200  # characters of a value


def try_page(
    page: Annotated[str, typer.Argument(metavar="URL_OR_FILE")],
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="where a FILE came from")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="TOML", help="instead of CRAWLER_RULES")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="keep it as a case for pytest")
    ] = None,
    as_json: AsJson = False,
    overrides: Overrides = [],
    verbose: Verbose = False,
) -> None:
    """Show what would be extracted from a page, by its rule and without; nothing is kept of it."""
    quiet = {"STATS_DUMP": False, "LOG_LEVEL": "WARNING", "LOG_INSTALL_ROOT_HANDLER": False}
    chosen = {} if rules is None else {RULES: str(rules)}
    settings = project_settings({**settings_of(overrides), **chosen})
    settings.setdict(quiet, priority="project")
    settings.set("CRAWLER_EXTRACTION_WORKERS", 1, priority="cmdline")  # for one page
    check_settings(settings)
    file = stored(page)
    if file is None:
        console = Console(stderr=True)
        tried = try_url(address(page), settings, console=console, verbose=verbose)
    elif url is None:
        raise OptionError(f"--url: say where {page} came from; rules and links go by it")
    else:
        tried = try_file(file, address(url), settings)
    if as_json:
        print(visible_json(json.dumps(_as_json(tried), indent=2, ensure_ascii=False)))

    else:
        _print_tried(tried, Console())
    if save is not None:
        _save(tried, save, settings)
    if not tried.reading.state.is_good:
        raise typer.Exit(ExitCode.SOURCES_FAILED)


def _save(tried: TriedPage, folder: Path, settings: Settings) -> None:
    if tried.job is None or tried.article is None:
        raise OptionError(f"--save: {tried.url} is {tried.reading.state}, there is nothing to keep")
    case = Case.of_page(
        folder,
        tried.job,
        tried.article,
        day=tried.at.date(),
        rules=Path(settings[RULES]) if settings[RULES] else None,
        page_objects=page_object_modules(settings),
    )
    case.write()
    Console(stderr=True).print(f"kept as {escape(str(case.file))}", soft_wrap=True)


def _fields(reading: Reading | None) -> dict[str, Told]:
    answer = None if reading is None else reading.answer
    return {} if answer is None else told_fields(answer.article)


def _as_json(tried: TriedPage) -> dict[str, Any]:
    fields, defaults = _fields(tried.reading), _fields(tried.default)
    rows = []
    for name in fields | defaults:
        row: dict[str, Any] = {"field": name, **_pair(fields.get(name))}
        if tried.default is not None:
            row["default"] = _pair(defaults.get(name))
        rows.append(row)
    return {
        "url": tried.url,
        "state": str(tried.reading.state),
        "detail": tried.reading.detail,
        "rule": None if tried.rule is None else tried.rule.place,
        "pageObject": tried.page_object,
        "fields": rows,
    }


def _pair(told: Told | None) -> dict[str, Any]:
    if told is None:
        return {"value": None, "origin": None}
    return {"value": told.value, "origin": told.origin}


def _print_tried(tried: TriedPage, console: Console) -> None:
    detail = f" ({tried.reading.detail})" if tried.reading.detail else ""
    console.print(f"[bold]{tried.reading.state}[/]{escape(detail)} {escape(tried.url)}", **_PLAIN)
    rule = None if tried.rule is None else tried.rule.place
    by = " and ".join(filter(None, (rule, tried.page_object)))
    console.print(escape(f"read by {by}" if by else "no rule is for it"), **_PLAIN)
    fields, defaults = _fields(tried.reading), _fields(tried.default)
    headings = ["field", "value", "from"]
    headings += [] if tried.default is None else ["by default", "from"]
    table = Table(*headings, padding=(0, 1))
    for name in fields | defaults:
        cells = [name, *_cells(fields.get(name))]
        if tried.default is not None:
            same = fields.get(name) == defaults.get(name)
            cells += ["the same", ""] if same else _cells(defaults.get(name))
        table.add_row(*cells)
    if table.rows:
        console.print(table)


_PLAIN: dict[str, Any] = {"soft_wrap": True, "highlight": False}


def _cells(told: Told | None) -> list[str]:
    if told is None:
        return ["nothing", ""]
    text = told.value if isinstance(told.value, str) else json.dumps(told.value, ensure_ascii=False)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text)} characters)"
    return [escape(shown, keep="\n"), told.origin]
