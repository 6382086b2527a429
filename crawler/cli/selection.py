"""Which of the items a run is about, where another program says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.items.changed_since import changed_since as files_changed_since
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    """Read paths that a NUL ends, as `find -print0` and `git -z` write them, or else a line."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    return tuple(Path(os.fsdecode(name)) for name in names if name)
