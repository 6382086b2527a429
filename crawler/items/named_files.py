"""Some of the item files below ITEMS, named by whoever knows that they are new or have changed."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from crawler.items.discovery import FoundItem, has_item_name, is_folder, is_utf8_name
from crawler.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


def find_named(
    paths: Sequence[Path],
    files: Iterable[Path],
    *,
    exclude: Path | None,
    on_problem: Callable[[Problem], None],
) -> Iterator[FoundItem]:
    """Give those of `files` that `find_items` would find below `paths`, without searching.

    Others are left out without a word: files that are gone by now, no items, or elsewhere.

    Args:
        paths: the files and folders that the user named.
        files: the item files that are wanted.
        exclude: a folder that is left out, as by `find_items`.
        on_problem: told of names that are not UTF-8.

    Raises:
        ItemsNotFoundError: one of `paths` is missing; raised before anything is given.
    """
    roots = [_Root(path, exclude) for path in paths]
    return _found(roots, sorted({os.path.abspath(file) for file in files}), on_problem)  # noqa: PTH100 - Path.absolute() keeps ".."


def _found(
    roots: Sequence[_Root], files: Iterable[str], on_problem: Callable[[Problem], None]
) -> Iterator[FoundItem]:
    for file in files:
        item = next(filter(None, (root.item(file) for root in roots)), None)
        if item is None:
            continue
        if is_utf8_name(file):
            yield item
        else:
            shown = os.fsencode(file).decode("utf-8", "replace")
            on_problem(Problem(shown, 1, "the name is not UTF-8"))


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
            is_this = file == self._absolute and os.path.lexists(file)
            return FoundItem(self._path, PurePosixPath(self._path.name)) if is_this else None
        if not file.startswith(os.path.join(self._absolute, "")):  # noqa: PTH118 - only a text
            return None
        relative = PurePosixPath(os.path.relpath(file, self._absolute))
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
