"""File changes below ITEMS, as the system tells them."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from watchfiles import Change, awatch

from crawler.items.find import has_item_name, is_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

logger = logging.getLogger("crawler.watch")

_LOOK_MS: Final = 500  # how often it is looked whether the folder is still the same one
_STEP_MS: Final = 50  # changes that follow each other within it are told together
_RETRY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder to watch.

    Attributes:
        folder: as the user spells it.
        names: the files in it that are of interest; None: all items in and below it.
        exclude: real path of a folder in which nothing is of interest; None: there is no such.
    """

    folder: Path
    names: frozenset[str] | None
    exclude: Path | None

    def files(self, changes: Iterable[tuple[Change, str]], real: Path) -> set[Path] | None:
        """Return the items among the changed paths; None: there may be more of them.

        Args:
            real: the folder's real path, which the changed paths begin with.
        """
        found = set()
        for change, text in changes:
            path = Path(text)
            if not path.is_relative_to(real) or path == real:
                continue
            relative = path.relative_to(real)
            if self.names is not None:
                if str(relative) in self.names:
                    found.add(self.folder / relative)
            elif any(part.startswith(".") for part in relative.parts) or (
                self.exclude is not None and path.is_relative_to(self.exclude)
            ):
                continue
            elif change is not Change.deleted and path.is_dir():
                return None  # what was in it before it could be watched is told by nobody
            elif has_item_name(relative.name):
                found.add(self.folder / relative)
        return found


def watched_folders(paths: Sequence[Path], *, exclude: Path) -> list[Watched]:
    """Return what to watch for these paths: folders with all below, single files in their folder.

    Raises:
        ItemsNotFoundError: one of the paths is missing.
    """
    excluded = exclude.resolve()
    folders: list[Watched] = []
    names: dict[Path, set[str]] = {}
    for path in paths:
        if is_folder(path):
            is_inside = path.resolve().is_relative_to(excluded)
            folders.append(Watched(path, None, None if is_inside else excluded))
        else:
            names.setdefault(path.parent, set()).add(path.name)
    return folders + [Watched(folder, frozenset(of), None) for folder, of in names.items()]


async def tell_changes(
    watched: Watched, tell: Callable[[set[Path] | None], None], *, is_on: Callable[[], None]
) -> None:
    """Tell changes until cancelled; a folder that goes away is waited for.

    Args:
        tell: told the files that have changed; None: it is not known which.
        is_on: called once the folder is watched for the first time.
    """
    was_on = False
    while True:
        is_new = True
        try:
            async for files in _changes(watched):
                if is_new and was_on:
                    tell(None)  # what happened in between was told by nobody
                elif is_new:
                    is_on()
                is_new, was_on = False, True
                if files is None or files:
                    tell(files)
            reason = "it has gone away or is another one"
        except (OSError, RuntimeError) as error:  # watchfiles wraps what the system refuses
            if not was_on:
                raise OSError(f"{watched.folder} cannot be watched: {error}") from error
            reason = str(error)
        facts = {"event": "watch-lost", "folder": str(watched.folder)}
        logger.warning("%s: %s", watched.folder, reason, extra=facts)
        await asyncio.sleep(_RETRY_SECONDS)
        while not watched.folder.is_dir():  # noqa: ASYNC110 - nothing tells of its return
            await asyncio.sleep(_RETRY_SECONDS)


async def _changes(watched: Watched) -> AsyncIterator[set[Path] | None]:
    """Yield once as soon as the folder is watched, then its changes until it is another one."""
    real = await asyncio.to_thread(watched.folder.resolve, strict=True)
    identity = _identity(watched.folder)
    is_whole = watched.names is None
    async for changes in awatch(
        real,
        watch_filter=None,
        debounce=10 * _STEP_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        recursive=is_whole,
        ignore_permission_denied=True,
    ):
        yield watched.files(changes, real) if changes else set()
        if _identity(watched.folder) != identity:
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(folder)  # noqa: PTH116 - the same
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
