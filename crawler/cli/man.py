"""The manual page, `crawler(1)`, made of the commands and their help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperArgument, TyperOption

from crawler import __version__
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXIT_CODES: Final = {
    ExitCode.DONE: "the run was done, whatever single links did",
    ExitCode.NEEDS_A_LOOK: "a monitor failed, or a file could not be written",
    ExitCode.NOT_DONE: "it could not be done",
    ExitCode.ITEMS_INVALID: "some items are invalid",
    ExitCode.INTERRUPTED: "interrupted",
}


def man_page(command: Any) -> str:
    """Return the page as roff, see man(7)."""
    lines = [f'.TH CRAWLER 1 "" "crawler {__version__}" "User Commands"', ".SH NAME"]
    lines += [f"crawler \\- {_text(_first(command))}", ".SH SYNOPSIS", ".B crawler"]
    lines += ["COMMAND", "[OPTION]...", "[ARGUMENT]...", ".SH OPTIONS", *_options(command)]
    lines += [".SH COMMANDS", *_commands(command, "crawler"), ".SH EXIT STATUS"]
    for code, meaning in _EXIT_CODES.items():
        lines += [".TP", f".B {int(code)}", _text(meaning)]
    return "\n".join(lines) + "\n"


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
            continue
        arguments = [one for one in command.params if isinstance(one, TyperArgument)]
        words = " ".join(one.metavar or f"{(one.name or '').upper()}..." for one in arguments)
        yield f".SS {_text(f'{path} {name} [OPTION]... {words}'.rstrip())}"
        yield _text(command.help or "")
        yield from _options(command)


def _options(command: Any) -> Iterator[str]:
    context = typer.Context(command)
    for option in command.params:
        if isinstance(option, TyperOption) and (record := option.get_help_record(context)):
            names, words = record
            yield ".TP"
            yield f".B {_text(names)}"
            yield _text(words)


def _first(command: Any) -> str:
    return (command.help or "").partition(".")[0]


def _text(text: str) -> str:
    """Return a text on one line that roff takes as it is."""
    line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line
