"""Where in its file a field of the front matter is."""

from __future__ import annotations

from typing import Final

import yaml
from yaml import CSafeLoader, MappingNode, Node, SequenceNode

from crawler.items.bounds import line_at

Path = tuple[str | int, ...]


class FieldLines:
    """The lines of a front matter's fields, found when first asked for.

    Args:
        yaml_text: a mapping that has passed `check_bounds`.
    """

    def __init__(self, yaml_text: str) -> None:
        self._yaml_text: Final = yaml_text
        self._found: Final[dict[Path, tuple[int, Node]]] = {}

    def line(self, *path: str | int) -> int:
        """Give the 1-based line of a key or list entry, or of what would hold it if missing."""
        return line_at(self._yaml_text, self._find(path)[0])

    def _find(self, path: Path) -> tuple[int, Node]:
        if path not in self._found:
            self._found[path] = self._step(path) if path else self._root()
        return self._found[path]

    def _root(self) -> tuple[int, Node]:
        root = yaml.compose(self._yaml_text, Loader=CSafeLoader)
        assert root is not None
        return root.start_mark.index, root

    def _step(self, path: Path) -> tuple[int, Node]:
        position, parent = self._find(path[:-1])
        step = path[-1]
        if isinstance(parent, MappingNode):
            for key, value in parent.value:
                if key.value == step:
                    return key.start_mark.index, value
        elif isinstance(parent, SequenceNode) and isinstance(step, int):
            entry: Node = parent.value[step]
            return entry.start_mark.index, entry
        return position, parent
