from __future__ import annotations

import csv
import gc
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.export.tables import TableFormat, check_format, guarded, written_table
from crawler.options import OptionError
from tests.export.agreement import FORMULA, read_csv, read_jsonl, read_parquet

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: dict[str, Any] = {"name": str, "count": int, "flag": bool, "many": list[str]}
READERS = {
    TableFormat.JSONL: read_jsonl,
    TableFormat.PARQUET: read_parquet,
    TableFormat.CSV: lambda file: read_csv(file, COLUMNS),
}


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1", "''+1"],
)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=b", "'tis", "'", "1-1", "2024-05-14", "https://a.example"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n a1\uff1d"))
def test_the_apostrophe_can_be_taken_away_again(cell: str) -> None:
    told = guarded(cell)
    assert (told[1:] if FORMULA.match(told) else told) == cell
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_csv_is_as_rfc_4180_has_it(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with written_table(file, TableFormat.CSV, COLUMNS) as write:
        write({"name": '=a, "b"\nc', "count": 3, "flag": False, "many": ["x", "ü"]})
        write({})
    data = file.read_bytes()
    assert data.startswith(b"name,count,flag,many\r\n")
    assert data.endswith(b"\r\n,,,\r\n")
    with file.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream, strict=True))[1] == [
            '\'=a, "b"\nc',
            "3",
            "false",
            '["x", "ü"]',
        ]


@pytest.mark.parametrize("kind", TableFormat)
def test_a_table_without_rows_can_be_read(kind: TableFormat, tmp_path: Path) -> None:
    file = tmp_path / f"a.{kind}"
    with written_table(file, kind, COLUMNS):
        pass
    assert READERS[kind](file) == []


def test_many_rows_are_more_than_one_group_and_all_there(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    rows = [{"name": f"n{number}", "count": number} for number in range(2500)]
    with written_table(file, TableFormat.PARQUET, COLUMNS) as write:
        for row in rows:
            write(row)
    nothing = {"flag": None, "many": None}
    assert read_parquet(file) == [row | nothing for row in rows]


@pytest.mark.parametrize("kind", TableFormat)
def test_what_fails_leaves_the_earlier_file_and_nothing_else(
    kind: TableFormat, tmp_path: Path
) -> None:
    file = tmp_path / f"a.{kind}"
    file.write_text("earlier")
    with pytest.raises(RuntimeError), written_table(file, kind, COLUMNS):
        raise RuntimeError
    gc.collect()  # what is still open would be told here
    assert file.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [file]


def test_parquet_without_its_library_is_refused_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OptionError, match="the extra 'parquet': pip install 'pyarrow>"):
        check_format(TableFormat.PARQUET)
    check_format(TableFormat.CSV)
