"""Which of the items a run is about, where another program says so."""

from __future__ import annotations

import codecs
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.items.changed_since import changed_since as files_changed_since
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
