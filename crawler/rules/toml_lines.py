"""Which line of a TOML file a key stands on, which `tomllib` does not tell."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_Place = tuple[int, str]


class TomlLines:
    """The lines of the tables of an array, and of their keys; counted from 1.

    Args:
        text: a file that `tomllib` can read.
        array: the name of the array of tables.
    """

    def __init__(self, text: str, array: str) -> None:
        self._array = array
        self._tables: list[int] = []
        self._keys: dict[_Place, int] = {}
        self._top: dict[str, int] = {}
        is_inside = False
        for line, statement in _statements(text):
            name = next(iter(statement))
            value = statement[name]
            if value == [{}]:  # a header
                is_inside = name == array
                self._top.setdefault(name, line)
                self._tables.extend([line] if is_inside else [])
            elif is_inside and not (isinstance(value, dict) and name == array):
                self._keys.setdefault((len(self._tables) - 1, name), line)
            elif is_inside and isinstance(value, dict):  # the header of a table below a rule
                for key in value:
                    self._keys.setdefault((len(self._tables) - 1, key), line)
            else:
                self._top.setdefault(name, line)

    def of_table(self, index: int) -> int:
        """Return the line of a table's header."""
        if index < len(self._tables):
            return self._tables[index]
        return self._top.get(self._array, 1)  # an array that is written in one line

    def of_key(self, index: int, key: str) -> int:
        """Return the line of a key, or else of its table."""
        return self._keys.get((index, key), self.of_table(index))

    def of_top(self, key: str) -> int:
        """Return the line of a key outside of the array."""
        return self._top.get(key, 1)


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each statement by itself, with its first line.

    A value ends with its line, unless a bracket or quotation is still open; so the shortest run of
    lines that can be read is one statement.
    """
    waiting: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not waiting:
            first = number
        waiting.append(line)
        try:
            statement = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue
        waiting.clear()
        if statement:
            yield first, statement
