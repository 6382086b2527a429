"""What several commands share: options, the items they are about, usage errors, the end."""

from __future__ import annotations

import codecs
import inspect
import json
import logging
import os
import re
import sqlite3
import sys
from contextlib import contextmanager
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, cast, get_origin

import typer
from rich.console import Console

from crawler.cli.logs import JsonLines, LogFormat, Telling
from crawler.cli.process import UnusableRunError
from crawler.cli.report import print_report
from crawler.exceptions import reason_of
from crawler.items.changed_since import RevisionError
from crawler.items.changed_since import changed_since as files_changed_since
from crawler.items.find import ItemsNotFoundError
from crawler.ledger.ledger import LedgerError
from crawler.options import KINDS, CrawlOptions, OptionError, flag_of
from crawler.output.layout import Layout, OutputBusyError, lock_output
from crawler.sanitize import visible, visible_json
from crawler.session import NoItemsError
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from dataclasses import Field

    from crawler.exceptions import Problem
    from crawler.summary import RunSummary


Command = TypeVar("Command", bound="Callable[..., None]")

USAGE_ERRORS: Final = (
    OptionError,
    ItemsNotFoundError,
    RevisionError,
    OutputBusyError,
    NoItemsError,
    LedgerError,
    UnusableRunError,
    OSError,
    sqlite3.DatabaseError,
)


@contextmanager
def reported_as(log_format: LogFormat) -> Iterator[None]:
    """Tell why a command could not be done, and end it with exit code 2.

    A person gets a line on standard error, a machine a line of its log; with `--json`, standard
    output has an object all the same.
    """
    try:
        yield
    except USAGE_ERRORS as error:
        reason = reason_of(error)
        if log_format is LogFormat.JSON:
            facts = {"name": "crawler", "levelname": "ERROR", "msg": reason, "event": "failed"}
            print(JsonLines().format(logging.makeLogRecord(facts)), file=sys.stderr)
        else:
            told = "\n  ".join(map(visible, f"crawler: {reason}".split("\n")))
            Console(stderr=True).print(told, style="red", markup=False, soft_wrap=True)
        if _JSON in sys.argv:
            print(json_text({"error": reason, "exitCode": int(ExitCode.NOT_DONE)}))
        raise SystemExit(ExitCode.NOT_DONE) from None


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


_JSON: Final = "--json"
AsJson = Annotated[bool, typer.Option(_JSON, help="print one JSON document to stdout")]
Overrides = Annotated[
    list[str], typer.Option("-s", "--set", metavar="NAME=VALUE", help="a Scrapy setting")
]
_TELLING: Final = (
    (
        "quiet",
        Annotated[bool, typer.Option("-q", "--quiet", help="tell of errors alone")],
        False,
    ),
    (
        "verbose",
        Annotated[bool, typer.Option("-v", "--verbose", help="also show Scrapy's own log")],
        False,
    ),
    (
        "log_format",
        Annotated[
            LogFormat,
            typer.Option("--log-format", help="log lines for people, or JSON for machines"),
        ],
        LogFormat.TEXT,
    ),
)


def tells(command: Command) -> Command:
    """Give a command the options of its log, which it has as the keyword argument `telling`.

    What keeps it from being done is told in the same form.
    """
    signature = inspect.signature(command, eval_str=True)
    own = [one for one in signature.parameters.values() if one.name != "telling"]
    last = own.pop() if own and own[-1].kind is inspect.Parameter.VAR_KEYWORD else None
    added = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
        for name, annotation, default in _TELLING
    ]

    @wraps(command)
    def with_telling(
        *words: Any, quiet: bool, verbose: bool, log_format: LogFormat, **given: Any
    ) -> None:
        with reported_as(log_format):
            command(*words, telling=Telling(quiet, verbose, log_format), **given)

    parameters = [*own, *added, *([] if last is None else [last])]
    with_telling.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer
    return cast("Command", with_telling)


def takes(*names: str, **helps: str) -> Callable[[Command], Command]:
    """Give a command these options of a run, which it has as keyword arguments.

    Args:
        names: those of `CrawlOptions`.
        helps: other words about some of them, by name.
    """

    def with_options(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        every = signature.parameters.values()
        own = [p for p in every if p.name not in names and p.kind is not p.VAR_KEYWORD]
        needed = sum(p.default is p.empty for p in own)
        added = [
            _parameter(option, helps) for option in fields(CrawlOptions) if option.name in names
        ]
        parameters = [*own[:needed], *added, *own[needed:]]
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer
        return command

    return with_options


def _parameter(option: Field[Any], helps: Mapping[str, str]) -> inspect.Parameter:
    given_as = KINDS[option.name].given_as
    names = ["-o"] if option.name == "output" else []
    bounds: dict[str, Any] = {"min": 1, "max": 10**9} if given_as == int | None else {}
    info = typer.Option(
        *names,
        flag_of(option.name),
        help=helps.get(option.name, option.metadata["help"]),
        metavar=option.metadata["metavar"],
        autocompletion=_completion(KINDS[option.name].choices),
        **bounds,
    )
    default = [] if get_origin(given_as) is list else option.default
    return inspect.Parameter(
        option.name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=default,
        annotation=Annotated[given_as, info],
    )


def _completion(choices: Sequence[str]) -> Callable[[str], list[str]] | None:
    """Return what gives a shell the choices that begin so; None: it completes nothing."""
    if not choices:
        return None

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def refuse_outputs(options: CrawlOptions) -> None:
    """Refuse to take what runs wrote for items of somebody's own.

    Raises:
        OptionError: one of the items is in the output folder.
    """
    layout = Layout(options.output)
    written = [path.resolve() for path in (layout.items, layout.sources, layout.lock.parent)]
    for path in options.items:
        if any(path.resolve().is_relative_to(folder) for folder in written):
            raise OptionError(f"items: {path} is what runs wrote into {options.output}")


@contextmanager
def no_run_on(options: CrawlOptions, *, write: bool) -> Iterator[None]:
    """Keep runs away that might write the items meanwhile; an output folder is not made for it."""
    layout = Layout(options.output)
    layout.refuse_links()
    if not write or not layout.lock.parent.is_dir():
        yield
        return
    with lock_output(layout, wait=options.wait):
        yield


def json_text(document: Any) -> str:
    """Return a document as JSON for a terminal, in which strangers' texts do nothing."""
    return visible_json(json.dumps(document, indent=2, ensure_ascii=False))


def mend_code(*, left: object, invalid: object) -> ExitCode:
    """Return the exit code of what mends files: something is left to do, or an item is invalid."""
    if invalid:
        return ExitCode.ITEMS_INVALID
    return ExitCode.NEEDS_A_LOOK if left else ExitCode.DONE


def print_problems(problems: Iterable[Problem]) -> None:
    """Tell on standard error what is wrong with files, a line each."""
    errors = Console(stderr=True)
    for problem in problems:
        errors.print(str(problem), markup=False, soft_wrap=True, highlight=False)


def print_summary(summary: RunSummary, telling: Telling, *, as_json: bool) -> None:
    """Print what a run did, for a person or as one JSON document."""
    if as_json:
        print(json_text(summary.as_json()))
    elif not telling.quiet:
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
