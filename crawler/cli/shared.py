"""What several commands share: options, the items they are about, usage errors, the end."""

from __future__ import annotations

import codecs
import json
import logging
import os
import re
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from crawler.cli.logs import JsonLines, LogFormat
from crawler.cli.process import UnusableRunError
from crawler.cli.report import print_report
from crawler.items.changed_since import RevisionError
from crawler.items.changed_since import changed_since as files_changed_since
from crawler.items.find import ItemsNotFoundError
from crawler.ledger.sqlite import LedgerError
from crawler.options import OptionError
from crawler.sanitize import visible_json
from crawler.session import OutputBusyError
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.summary import RunSummary


USAGE_ERRORS: Final = (
    OptionError,
    ItemsNotFoundError,
    RevisionError,
    OutputBusyError,
    LedgerError,
    UnusableRunError,
    OSError,
    sqlite3.DatabaseError,
)


@contextmanager
def reported_as(log_format: LogFormat) -> Iterator[None]:
    """Tell an error of these to a machine as a line of its log; to a person, `main` tells it."""
    try:
        yield
    except USAGE_ERRORS as error:
        if log_format is LogFormat.TEXT:
            raise
        facts = {"name": "crawler", "levelname": "ERROR", "msg": str(error), "event": "failed"}
        print(JsonLines().format(logging.makeLogRecord(facts)), file=sys.stderr)
        raise SystemExit(ExitCode.USAGE_ERROR) from None


# As `git help config` says of core.quotePath, and `quote.c` does it.
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(rb"\\([0-3][0-7]{2}|.)")
_ESCAPES: Final = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
}


def selected_files(
    items: Sequence[str], *, files_from: str | None, changed_since: str | None
) -> tuple[Path, ...] | None:
    """Return the files that `--files-from` lists or that `--changed-since` finds; None: all.

    Raises:
        OptionError: both are given.
        OSError: the list cannot be read.
        ItemsNotFoundError, RevisionError: see `crawler.items.changed_since`.
    """
    if files_from is not None and changed_since is not None:
        raise OptionError("--files-from and --changed-since do not go together")
    if changed_since is not None:
        return files_changed_since([Path(item) for item in items], changed_since)
    return None if files_from is None else _listed(files_from)


def _listed(name: str) -> tuple[Path, ...]:
    """Read paths that a NUL ends, as `find -print0` and `git -z` write them, or else a line.

    Lines may be in UTF-16, as PowerShell writes them, and names in quotes, as Git does.
    """
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    names = data.split(b"\0") if b"\0" in data else map(_unquoted, data.splitlines())
    return tuple(Path(os.fsdecode(name)) for name in names if name)


def _unquoted(line: bytes) -> bytes:
    """Return the name that Git has put in quotes, as it does with those that are no plain ASCII."""
    quoted = _QUOTED.fullmatch(line)
    return line if quoted is None else _ESCAPE.sub(_unescaped, quoted[1])


def _unescaped(escape: re.Match[bytes]) -> bytes:
    code: bytes = escape[1]
    return bytes([int(code, 8)]) if code.isdigit() else _ESCAPES.get(code, code)


Output = Annotated[Path, typer.Option("-o", "--output", help="the output folder")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document to stdout")]
Overrides = Annotated[
    list[str], typer.Option("-s", "--set", metavar="NAME=VALUE", help="a Scrapy setting")
]
Archive = Annotated[
    list[Path], typer.Option(metavar="WARC", help="answer from this file, not from the network")
]
Record = Annotated[
    Path | None, typer.Option(metavar="WARC", help="append what the crawl sees to this file")
]
LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", help="log lines for people, or JSON for machines")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="also show Scrapy's own log")]


def print_summary(summary: RunSummary, *, as_json: bool) -> None:
    """Print what a run did, for a person or as one JSON document."""
    if as_json:
        print(visible_json(json.dumps(summary.as_json(), indent=2, ensure_ascii=False)))
    else:
        print_report(summary, Console())


def settings_of(overrides: list[str]) -> dict[str, str]:
    """Return the Scrapy settings that `-s NAME=VALUE` names.

    Raises:
        OptionError: one of them has another form.
    """
    settings = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name:
            raise OptionError(f"-s: {override!r} is not NAME=VALUE")
        settings[name] = value
    return settings
