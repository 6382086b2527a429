"""A ledger that cannot be used is put aside, never deleted, and a new one takes its place."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.ledger.ledger import UnusableLedgerError
from crawler.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def open_or_renew(path: Path, tell: Callable[[str], None]) -> SqliteLedger:
    """Open the ledger at `path`; one that is of no use is put aside first, and that is told.

    Only the holder of the output folder's lock may do so.

    Raises:
        LedgerError: it cannot be opened or written, though there is nothing wrong with it.
        OSError: its folder cannot be made, or the file not be put aside.
    """
    try:
        if path.is_file() and not path.stat().st_size:
            raise UnusableLedgerError(f"{path} cannot be used as a ledger (it is empty)")  # noqa: TRY301
        return SqliteLedger(path)
    except UnusableLedgerError as error:
        kept = set_ledger_aside(path)
        tell(f"{error}; it is kept as {kept.name}, and made anew from what was written")
    return SqliteLedger(path)


def set_ledger_aside(path: Path) -> Path:
    """Rename a ledger, with what SQLite has beside it, to a name that is free; return that."""
    stem = f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    number, kept = 1, path.with_name(f"{stem}{path.suffix}")
    while kept.exists() or kept.is_symlink():
        number += 1
        kept = path.with_name(f"{stem}-{number}{path.suffix}")
    path.rename(kept)
    for beside in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + beside).rename(kept.with_name(kept.name + beside))
    return kept
