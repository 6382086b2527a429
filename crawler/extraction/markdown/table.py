"""Renders a table as a GFM pipe table, which kramdown reads as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

# A cell with more text than this lays out a page and is no part of a table.
_CELL_CHARACTERS = 500


def table_rows(table: _Element) -> list[list[_Element]]:
    """The cells of a table row by row; empty if it is not tabular but only lays out text."""
    rows = [[cell for cell in row if cell.tag == "cell"] for row in table if row.tag == "row"]
    rows = [row for row in rows if row]
    cells = [cell for row in rows for cell in row]
    is_tabular = (
        len(rows) > 1
        and all(row.tag == "row" for row in table)
        and max(len(row) for row in rows) > 1
        and all(_length(cell) <= _CELL_CHARACTERS for cell in cells)
        and next(table.iterdescendants("table"), None) is None
    )
    return rows if is_tabular else []


def _length(cell: _Element) -> int:
    return sum(len(text) for text in cell.itertext())


def render_table(rows: Sequence[Sequence[str]]) -> str:
    """Render rows of one-line Markdown cells; the first row is the head, as GFM demands one."""
    if not any(cell for row in rows for cell in row):
        return ""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in padded]
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)
