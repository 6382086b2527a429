"""The item files that have changed since a revision of the Git repository that holds them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from crawler.items.discovery import is_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NOTHING: Final = frozenset({"0" * 40, "0" * 64})  # what a push of a new branch names as "before"
_SECONDS: Final = 300


class RevisionError(ValueError):
    """The revision, or a repository that has it, cannot be found; the message says why."""


def changed_since(paths: Sequence[Path], revision: str) -> tuple[Path, ...] | None:
    """Return the files below `paths` that differ between a revision and the working tree.

    Renamed files are given with their old name and their new one, and so are deleted ones. Files
    that Git does not know, or ignores, are no part of it. None: `revision` is all zeros, so that
    there was nothing before, and every file is new.

    Args:
        paths: files and folders, each in a working tree of Git.
        revision: a commit, as Git names it.

    Raises:
        ItemsNotFoundError: one of `paths` is missing.
        RevisionError: Git cannot say; also where a shallow clone lacks the revision.
    """
    if revision in _NOTHING:
        return None
    return tuple(file for path in paths for file in _changed(path, revision))


def _changed(path: Path, revision: str) -> list[Path]:
    folder, name = (path, ".") if is_folder(path) else (path.parent, path.name)
    commit = _commit(folder, revision)
    # Names as they are, whatever the configuration says: no quotes, no guesses at renames.
    words = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative")
    names = _git(folder, "--literal-pathspecs", *words, commit, "--", name)
    return [folder / os.fsdecode(name) for name in names.split(b"\0") if name]


def _commit(folder: Path, revision: str) -> str:
    wanted = f"{revision}^{{commit}}"
    try:
        found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    except RevisionError as error:
        is_shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
        if not is_shallow:
            raise RevisionError(f"{folder}: Git knows no revision {revision!r}") from error
        raise RevisionError(
            f"{folder}: revision {revision!r} is not in this shallow clone; fetch the history "
            "first (git fetch --unshallow; actions/checkout: fetch-depth: 0)"
        ) from error
    return found.strip().decode("ascii")


def _git(folder: Path, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603 - no shell, and a revision is never taken for an option
    except FileNotFoundError as error:
        raise RevisionError("git is not installed") from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git: {error}") from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        raise RevisionError(f"{folder}: git: {reason}")
    return done.stdout
