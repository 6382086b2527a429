"""Writes rows as JSON lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import contextmanager
from enum import StrEnum
from typing import (
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Final,
    Protocol,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from crawler.export.fields import TEXT
from crawler.extras import how_to_get
from crawler.options import OptionError
from crawler.output.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class TableFormat(StrEnum):
    """The formats, which are the suffixes of the files, too."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class TableWriter(Protocol):
    """Takes the rows of one table."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Take a row; what it lacks is null."""

    def close(self) -> None:
        """Write what is still to be written."""


@contextmanager
def written_table(
    path: Path, kind: TableFormat, columns: Mapping[str, Any]
) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what takes the rows of a file; it replaces an earlier one once all are there.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path, root=path.parent) as stream:
        writer = _WRITERS[kind](stream, columns)
        try:
            yield writer.write
        finally:
            writer.close()


def check_format(kind: TableFormat) -> None:
    """See that a format can be written.

    Raises:
        OptionError: its library is missing.
    """
    if kind is TableFormat.PARQUET:
        try:
            import pyarrow  # noqa: F401, ICN001, PLC0415 - an extra
        except ImportError as error:
            raise OptionError(f"format: Parquet needs {how_to_get('parquet')}") from error


class _JsonLines:
    """One JSON object a line, in UTF-8, with all columns."""

    def __init__(self, stream: BinaryIO, columns: Mapping[str, Any]) -> None:
        self._stream, self._columns = stream, columns

    def write(self, row: Mapping[str, Any]) -> None:
        whole = {name: row.get(name) for name in self._columns}
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        self._stream.write(f"{text}\n".encode())

    def close(self) -> None:
        pass


# https://owasp.org/www-community/attacks/CSV_Injection; full-width forms count in some programs.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def guarded(cell: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula: with an apostrophe before it.

    To undo it, take an apostrophe away where apostrophes and one of these characters begin a cell.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


class _Csv:
    """RFC 4180 in UTF-8: with a header, CRLF, and lists and mappings as JSON."""

    def __init__(self, stream: BinaryIO, columns: Mapping[str, Any]) -> None:
        self._columns = columns
        self._text = io.TextIOWrapper(stream, "utf-8", newline="")
        self._rows = csv.writer(self._text)
        self._rows.writerow(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.writerow([_cell(row.get(name)) for name in self._columns])

    def close(self) -> None:
        self._text.detach()  # flushes it, and leaves the stream open


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return guarded(value) if isinstance(value, str) else value


_GROUP_ROWS: Final = 1000
_GROUP_CHARACTERS: Final = 16 * 1024 * 1024


class _Parquet:
    """Parquet with the types of the fields, compressed by Zstandard, a thousand rows a group."""

    def __init__(self, stream: BinaryIO, columns: Mapping[str, Any]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - likewise

        self._schema = pa.schema([(name, _arrow(kind)) for name, kind in columns.items()])
        self._table = pa.Table
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._rows: list[Mapping[str, Any]] = []
        self._characters = 0

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        self._characters += len(row.get(TEXT) or "")
        if len(self._rows) >= _GROUP_ROWS or self._characters >= _GROUP_CHARACTERS:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._characters = [], 0


def _arrow(kind: Any) -> Any:
    """Return the Arrow type of a field's type."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    if get_origin(kind) is list:
        return pa.list_(_arrow(get_args(kind)[0]))
    if is_typeddict(kind):
        return pa.struct([(name, _arrow(of)) for name, of in get_type_hints(kind).items()])
    return {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}[kind]


_WRITERS: Final[Mapping[TableFormat, Callable[[BinaryIO, Mapping[str, Any]], TableWriter]]] = {
    TableFormat.JSONL: _JsonLines,
    TableFormat.CSV: _Csv,
    TableFormat.PARQUET: _Parquet,
}
