"""Some of the item files below ITEMS, named by whoever knows that they are new or have changed."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from crawler.items.discovery import FoundItem, has_item_name, is_folder, name_defect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crawler.problem import Problem


def find_named(
    paths: Sequence[Path],
    files: Iterable[Path],
    *,
    exclude: Path | None,
    on_bad_name: Callable[[Problem], None],
    on_unknown: Callable[[str], None],
) -> Iterator[FoundItem]:
    """Give those of `files` that `find_items` would find below `paths`, without searching.

    Args:
        paths: the files and folders that the user named.
        files: the item files that are wanted.
        exclude: a folder that is left out, as by `find_items`.
        on_bad_name: told of names that cannot be read as UTF-8.
        on_unknown: told the absolute path of each other one: gone by now, no item, or elsewhere.

    Raises:
        ItemsNotFoundError: one of `paths` is missing; raised before anything is given.
    """
    roots = [_Root(path, exclude) for path in paths]
    wanted = sorted({os.path.abspath(file) for file in files})  # noqa: PTH100 - Path.absolute() keeps ".."
    return _found(roots, wanted, on_bad_name, on_unknown)


def _found(
    roots: Sequence[_Root],
    files: Iterable[str],
    on_bad_name: Callable[[Problem], None],
    on_unknown: Callable[[str], None],
) -> Iterator[FoundItem]:
    given: set[Path] = set()
    for file in files:
        item = next(filter(None, (root.item(file) for root in roots)), None)
        if item is None:
            on_unknown(file)
        elif defect := _defect_below(item):
            on_bad_name(defect)
        elif item.path not in given:  # it may be named by two ways to its folder
            given.add(item.path)
            yield item


def _defect_below(item: FoundItem) -> Problem | None:
    """Say what is wrong with the name of an item, or of a folder between it and ITEMS."""
    path, depth = item.path, len(item.relative.parts)
    parts = (path, *path.parents[: depth - 1])
    return next(filter(None, (name_defect(str(part)) for part in reversed(parts))), None)


class _Root:
    """One of the paths that the user named."""

    def __init__(self, path: Path, exclude: Path | None) -> None:
        self._path = path
        self._is_folder = is_folder(path)
        self._absolute = os.path.abspath(path)  # noqa: PTH100 - as above
        self._real = path.resolve()
        excluded = None if exclude is None else exclude.resolve()
        is_inside = excluded is not None and self._real.is_relative_to(excluded)
        self._excluded = None if is_inside else excluded

    def item(self, file: str) -> FoundItem | None:
        """Return the item that this absolute path is, where it is one below this root."""
        if not self._is_folder:
            real = str(self._real.parent / self._path.name)
            is_this = file in {self._absolute, real} and os.path.lexists(file)
            return FoundItem(self._path, PurePosixPath(self._path.name)) if is_this else None
        # Programs that follow links, such as Git, name the folder by its real path.
        bases = (self._absolute, str(self._real))
        base = next((base for base in bases if file.startswith(os.path.join(base, ""))), None)  # noqa: PTH118 - only a text
        if base is None:
            return None
        relative = PurePosixPath(os.path.relpath(file, base))
        return FoundItem(self._path / relative, relative) if self._holds(relative) else None

    def _holds(self, relative: PurePosixPath) -> bool:
        path = self._path / relative
        if any(part.startswith(".") for part in relative.parts) or not has_item_name(path.name):
            return False
        folder = path.parent.resolve()
        if folder != self._real / relative.parent:  # a link to a folder leads there
            return False
        if self._excluded is not None and folder.is_relative_to(self._excluded):
            return False
        return os.path.lexists(path) and not path.is_dir()
