"""Item files among the paths that a user names, or some of them that another program names."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from crawler.exceptions import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


_SUFFIXES: Final = (".md", ".markdown")


class ItemsNotFoundError(ValueError):
    """A path that was named does not exist or cannot be looked at."""


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item file.

    Attributes:
        path: the file, below the path that the user named.
        relative: its place below the folder that the user named; its name if the file was named.
    """

    path: Path
    relative: PurePosixPath

    @property
    def root(self) -> Path:
        """The folder that the user named, or that of the file that was named; absolute."""
        path = Path(os.path.abspath(self.path))  # noqa: PTH100 - resolve() follows links
        return path.parents[len(self.relative.parts) - 1]

    def is_like(self, globs: Sequence[str]) -> bool:
        """Whether one of the globs is for its relative path or its name, or there is none."""
        names = (str(self.relative), self.relative.name)
        return not globs or any(fnmatchcase(name, glob) for glob in globs for name in names)


def find_items(
    paths: Sequence[Path],
    *,
    exclude: Path | None,
    on_problem: Callable[[Problem], None],
    on_bad_name: Callable[[Problem], None] | None = None,
) -> Iterator[FoundItem]:
    """Find the item files named, or in and below the folders named, each once.

    Folders give files ending in .md or .markdown: a folder's own first, then each subfolder's,
    by name. Hidden files and folders, and links to folders, are left out.

    Args:
        paths: files and folders.
        exclude: a folder that is left out, unless one of `paths` is itself inside it.
        on_problem: told of folders that cannot be read.
        on_bad_name: told of names that cannot be read as UTF-8; None: `on_problem` is.

    Raises:
        ItemsNotFoundError: one of `paths` is missing; raised before anything is given.
    """
    tell = _Tell(on_problem, on_bad_name or on_problem)
    folders = [is_folder(path) for path in paths]
    excluded = exclude.resolve() if exclude is not None else None
    found = (
        entry
        for path, is_folder in zip(paths, folders, strict=True)
        for entry in (_walk(path, excluded, tell) if is_folder else _itself(path, tell))
    )
    # One folder cannot hold a name twice, so that no record of 100,000 files is needed.
    return _each_once(found) if len(paths) > 1 else (item for item, _ in found)


@dataclass(frozen=True, slots=True)
class _Tell:
    problem: Callable[[Problem], None]
    bad_name: Callable[[Problem], None]


def _itself(path: Path, tell: _Tell) -> Iterator[tuple[FoundItem, Path]]:
    if defect := name_defect(str(path)):
        tell.bad_name(defect)
    else:
        yield FoundItem(path, PurePosixPath(path.name)), path.parent.resolve()


def has_item_name(name: str) -> bool:
    """Whether a file of this name in a folder is taken for an item, unless it is hidden."""
    return name.lower().endswith(_SUFFIXES)


def is_folder(path: Path) -> bool:
    """Whether a path that the user named is a folder.

    Raises:
        ItemsNotFoundError: it is missing or cannot be looked at, or the name of a folder on the way
            cannot be read as UTF-8.
    """
    try:
        is_one = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ItemsNotFoundError(f"{shown_name(str(path))}: {reason}") from error
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() follows links
    for part in (absolute if is_one else absolute.parent).parts:
        if defect := name_defect(part):
            raise ItemsNotFoundError(f"{shown_name(str(absolute))}: {defect.reason}")
    return is_one


def _each_once(found: Iterable[tuple[FoundItem, Path]]) -> Iterator[FoundItem]:
    seen: set[str] = set()
    for item, folder in found:
        key = os.path.join(folder, item.path.name)  # noqa: PTH118 - a text takes less memory
        if key not in seen:
            seen.add(key)
            yield item


def _walk(root: Path, excluded: Path | None, tell: _Tell) -> Iterator[tuple[FoundItem, Path]]:
    """Give each item file with its real folder; a stack, as folders nest deeper than calls."""
    real_root = root.resolve()
    if excluded is not None and real_root.is_relative_to(excluded):
        excluded = None
    waiting = [PurePosixPath()]
    while waiting:
        relative = waiting.pop()
        real = real_root / relative
        if real == excluded:
            continue
        files, subfolders = _listing(root / relative, tell)
        for name in files:
            yield FoundItem(root / relative / name, relative / name), real
        waiting.extend(relative / name for name in reversed(subfolders))


def _listing(folder: Path, tell: _Tell) -> tuple[list[str], list[str]]:
    """Give the names of a folder's item files and of its subfolders, sorted."""
    files: list[str] = []
    subfolders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    names = subfolders
                elif has_item_name(entry.name) and not _is_folder_link(entry):
                    names = files  # a link to nowhere, too: reading it says so
                else:
                    continue
                if (defect := name_defect(entry.path)) is None:
                    names.append(entry.name)
                else:
                    tell.bad_name(defect)
    except OSError as error:
        reason = f"the folder cannot be read: {error.strerror or type(error).__name__}"
        tell.problem(Problem(shown_name(str(folder)), 1, reason))
    return sorted(files), sorted(subfolders)


def _is_folder_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112 - raises nothing


def name_defect(path: str) -> Problem | None:
    """Say what is wrong with the name of a file, or of a folder: it cannot be read as UTF-8.

    In another locale the same name would be read as another one, which is a second item.
    """
    name = os.path.basename(path)  # noqa: PTH119 - a text, which a search has many of
    if name.isascii():
        return None
    encoding = sys.getfilesystemencoding()
    if encoding.lower().replace("-", "") != "utf8":
        reason = (
            f"the name is not ASCII, and this locale's encoding ({encoding}) is not UTF-8; set "
            "LC_ALL=C.UTF-8 or PYTHONUTF8=1"
        )
        return Problem(shown_name(path), 1, reason)
    try:
        name.encode()
    except UnicodeEncodeError:
        return Problem(shown_name(path), 1, "the name is not UTF-8")
    return None


def shown_name(path: str) -> str:
    """Return a path as text that can be printed."""
    return os.fsencode(path).decode("utf-8", "replace")


_LONGEST_PART: Final = 200  # bytes; file systems take 255, and temporary names are longer
_MOST_PARTS: Final = 20


class PlaceError(ValueError):
    """The name is that of no item below the folder; the message says why."""


def item_place(folder: Path, name: str) -> Path:
    """Return the path below `folder` that a relative name with slashes means.

    The name is one that a search of the folder would find; whether the file is there is not
    looked at.

    Raises:
        PlaceError: it is not.
    """
    parts = name.split("/")
    if not name or len(parts) > _MOST_PARTS:
        raise PlaceError("the path is empty or too deep")
    for part in parts:
        if not part.isprintable() or "\\" in part or len(part.encode()) > _LONGEST_PART:
            raise PlaceError("the path has characters that no name may have, or is too long")
        if not part or part.startswith("."):
            raise PlaceError("the path is absolute, leads upwards, or is hidden")
    if not has_item_name(parts[-1]):
        raise PlaceError("the path is not that of a Markdown file (.md, .markdown)")
    place = folder / PurePosixPath(name)
    if place.parent.resolve() != folder.resolve() / PurePosixPath(name).parent:
        raise PlaceError("the path leads through a link")
    return place


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
