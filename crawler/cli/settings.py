"""`crawler settings`: what can be set, what is set, and the tables of docs/settings.md."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.console import Console

from crawler import config
from crawler.cli.process import project_settings
from crawler.cli.report import escape, narrow_table
from crawler.cli.shared import AsJson, Overrides, settings_of
from crawler.crawl.checks import check_values
from crawler.options import KINDS, CrawlOptions, flag_of


def settings(
    as_json: AsJson = False,
    overrides: Overrides = [],
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="print the tables of docs/settings.md")
    ] = False,
) -> None:
    """List the settings of ours, with their values."""
    if as_markdown:
        print(settings_table(), options_table(), sep="\n", end="")
        return
    project = project_settings(settings_of(overrides))
    check_values(project)
    values = {name: project.get(name, one.default) for name, one in config.SETTINGS.items()}
    if as_json:
        print(json.dumps(values, indent=2))
        return
    table = narrow_table("setting", "value", "")
    for name, value in values.items():
        is_default = value == config.SETTINGS[name].default
        table.add_row(name, escape(str(value)), "" if is_default else "set")
    Console().print(table)


def settings_table() -> str:
    """Return what there is to set, as Markdown; each line ends in LF."""
    lines = ["| setting | default | |", "|---|---|---|"]
    for name, setting in config.SETTINGS.items():
        default = _as_code(setting.default)
        if setting.is_variable:
            default += ", or the environment variable of that name"
        lines.append(f"| `{name}` | {default} | {setting.help} |")
    return "".join(f"{line}\n" for line in lines)


def options_table() -> str:
    """Return the options of a run, as Markdown."""
    lines = ["| command line | `-a`, Python | |", "|---|---|---|"]
    for option in fields(CrawlOptions):
        if help_text := option.metadata["help"]:
            metavar = option.metadata["metavar"]
            value = {bool: "", int | None: " N"}.get(KINDS[option.name].given_as, " PATH")
            flag = flag_of(option.name) + (f" {metavar}" if metavar else value)
            lines.append(f"| `{flag}` | `{option.name}` | {help_text} |")
    return "".join(f"{line}\n" for line in lines)


def _as_code(value: Any) -> str:
    if isinstance(value, str):
        return f"`{value}`" if value else '`""`'
    if isinstance(value, float):
        return f"{value:g}"
    return f"`{value}`" if isinstance(value, bool | dict) else f"{value}"
