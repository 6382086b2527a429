"""Item files among the paths that a user names."""

from __future__ import annotations

import os
import stat
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
    paths: Sequence[Path], *, exclude: Path | None, on_problem: Callable[[Problem], None]
) -> Iterator[FoundItem]:
    """Find the item files named, or in and below the folders named, each once.

    Folders give files ending in .md or .markdown: a folder's own first, then each subfolder's,
    by name. Hidden files and folders, and links to folders, are left out.

    Args:
        paths: files and folders.
        exclude: a folder that is left out, unless one of `paths` is itself inside it.
        on_problem: told of folders that cannot be read and of names that are not UTF-8.

    Raises:
        ItemsNotFoundError: one of `paths` is missing; raised before anything is given.
    """
    folders = [is_folder(path) for path in paths]
    excluded = exclude.resolve() if exclude is not None else None
    found = (
        entry
        for path, is_folder in zip(paths, folders, strict=True)
        for entry in (
            _walk(path, excluded, on_problem)
            if is_folder
            else [(FoundItem(path, PurePosixPath(path.name)), path.parent.resolve())]
        )
    )
    # One folder cannot hold a name twice, so that no record of 100,000 files is needed.
    return _each_once(found) if len(paths) > 1 else (item for item, _ in found)


def has_item_name(name: str) -> bool:
    """Whether a file of this name in a folder is taken for an item, unless it is hidden."""
    return name.lower().endswith(_SUFFIXES)


def is_folder(path: Path) -> bool:
    """Whether a path that the user named is a folder.

    Raises:
        ItemsNotFoundError: it is missing or cannot be looked at.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ItemsNotFoundError(f"{path}: {reason}") from error


def _each_once(found: Iterable[tuple[FoundItem, Path]]) -> Iterator[FoundItem]:
    seen: set[str] = set()
    for item, folder in found:
        key = os.path.join(folder, item.path.name)  # noqa: PTH118 - a text takes less memory
        if key not in seen:
            seen.add(key)
            yield item


def _walk(
    root: Path, excluded: Path | None, on_problem: Callable[[Problem], None]
) -> Iterator[tuple[FoundItem, Path]]:
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
        files, subfolders = _listing(root / relative, on_problem)
        for name in files:
            yield FoundItem(root / relative / name, relative / name), real
        waiting.extend(relative / name for name in reversed(subfolders))


def _listing(folder: Path, on_problem: Callable[[Problem], None]) -> tuple[list[str], list[str]]:
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
                if is_utf8_name(entry.name):
                    names.append(entry.name)
                else:
                    on_problem(Problem(_shown(entry.path), 1, "the name is not UTF-8"))
    except OSError as error:
        reason = f"the folder cannot be read: {error.strerror or type(error).__name__}"
        on_problem(Problem(_shown(str(folder)), 1, reason))
    return sorted(files), sorted(subfolders)


def _is_folder_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112 - raises nothing


def is_utf8_name(name: str) -> bool:
    """Whether the file system gave a name, or a path, that is UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
