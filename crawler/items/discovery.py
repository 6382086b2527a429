"""Item files among the paths that a user names."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from crawler.problem import Problem

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
