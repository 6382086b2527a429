"""The database file of a ledger: opened, made where it is not there yet, and written to."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from crawler.ledger.ledger import LedgerError, UnusableLedgerError
from crawler.output.atomic import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION: Final = 2
_SCHEMA: Final = "\n".join(
    files("crawler.ledger").joinpath(name).read_text("utf-8")
    for name in ("schema.sql", "views.sql")
)
_TABLES: Final = re.findall(r"CREATE TABLE (\w+)", _SCHEMA)
_DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is damaged."""
    code = getattr(error, "sqlite_errorcode", None)  # the low byte of an extended one
    is_text_damaged = "Could not decode to UTF-8" in str(error)  # which has no code
    return is_text_damaged or (code is not None and code & 0xFF in _DAMAGE)


def open_database(path: Path) -> sqlite3.Connection:
    """Open a ledger's file, whose tables are made where there are none.

    Raises:
        UnusableLedgerError: the file has another schema version, is damaged or no ledger.
        LedgerError: it cannot be opened or written.
        OSError: its folder cannot be made.
    """
    make_folder(path.parent)
    with refusing_damage(path):
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    with refusing_damage(path, db):
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        _prepare(db, path)
    return db


@contextmanager
def refusing_damage(path: Path, db: sqlite3.Connection | None = None) -> Iterator[None]:
    """Have an error of the database, while it is opened, close it and say what it is.

    Raises:
        UnusableLedgerError, LedgerError: see `open_database`.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if db is not None:
            db.close()
        kind = UnusableLedgerError if is_damage(error) else LedgerError
        raise kind(f"{path} cannot be used as a ledger ({error})") from error


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables and not _version(db):  # also of one whose making was broken off
        _make_tables(db)
    if (version := _version(db)) != SCHEMA_VERSION:
        db.close()
        raise UnusableLedgerError(
            f"{path} has ledger version {version}, this program reads {SCHEMA_VERSION}"
        )
    found = set(db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    if not {(name,) for name in _TABLES} <= found:
        db.close()
        raise UnusableLedgerError(f"{path} cannot be used as a ledger (tables are missing)")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _make_tables(db: sqlite3.Connection) -> None:
    script = f"{_SCHEMA}\nPRAGMA user_version = {SCHEMA_VERSION};"
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{script}\nCOMMIT;")
    except sqlite3.Error:
        _roll_back(db)
        raise


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Make what happens inside durable together or not at all; may be nested."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        _roll_back(db)
        raise


@contextmanager
def durably(db: sqlite3.Connection) -> Iterator[None]:
    """Have what is committed inside on the disk at the end, with all that was before it."""
    if db.in_transaction:  # whose end decides
        yield
        return
    db.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        db.execute("PRAGMA synchronous = NORMAL")


def _roll_back(db: sqlite3.Connection) -> None:
    # A full disk fails even a commit, and leaves the transaction open or not.
    if db.in_transaction:
        db.execute("ROLLBACK")
