"""The item files that have changed since a revision of the Git repository that holds them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.items.find import is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NOTHING: Final = frozenset({"0" * 40, "0" * 64})  # what a push of a new branch names as "before"
_SECONDS: Final = 300
_SUBMODULE: Final = b"160000"  # the mode of a commit in a tree
# Beyond what Git calls local to a repository: they change what a path in a command means.
_PATH_SWITCHES: Final = ("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")


class RevisionError(ValueError):
    """The revision, or a repository that has it, cannot be found; the message says why."""


def changed_since(paths: Sequence[Path], revision: str) -> tuple[Path, ...] | None:
    """Return the files below `paths` that differ between a revision and the working tree.

    Renamed files are given with their old name and their new one, and so are deleted ones; of a
    submodule that is checked out, those that differ from what the revision has of it. Files that
    Git does not know, or ignores, are no part of it. None: `revision` is all zeros, so that there
    was nothing before, and every file is new.

    The repository is that of each path. What Git tells its hooks of another one is not listened
    to, save of a bare one whose working tree (`GIT_WORK_TREE`) holds the path.

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


def _changed(path: Path, revision: str) -> Iterator[Path]:
    folder, name = (path, ".") if is_folder(path) else (path.parent, path.name)
    tree = _working_tree(folder)
    return tree.changed(tree.commit(revision), name)


@dataclass(frozen=True, slots=True)
class _WorkingTree:
    """A folder in a working tree; `words` come first in each command."""

    folder: Path
    words: tuple[str, ...]
    environment: Mapping[str, str]

    def commit(self, revision: str) -> str:
        wanted = f"{revision}^{{commit}}"
        try:
            found = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        except RevisionError as error:
            is_shallow = self.git("rev-parse", "--is-shallow-repository").strip() == b"true"
            if not is_shallow:
                raise RevisionError(f"{self.folder}: Git knows no revision {revision!r}") from error
            raise RevisionError(
                f"{self.folder}: revision {revision!r} is not in this shallow clone; fetch the "
                "history first (git fetch --unshallow; actions/checkout: fetch-depth: 0)"
            ) from error
        return found.strip().decode("ascii")

    def changed(self, commit: str, name: str = ".") -> Iterator[Path]:
        # Names as they are, whatever the configuration says: no quotes, no guesses at renames.
        words = ["--literal-pathspecs", "diff", "--raw", "--no-abbrev", "-z", "--no-renames"]
        words += ["--no-ext-diff", "--relative", "--ignore-submodules=none"]
        told = self.git(*words, commit, "--", name).split(b"\0")
        for facts, file in zip(told[0::2], told[1::2], strict=False):
            before, now, commit_before, *_ = facts.removeprefix(b":").split()
            path = self.folder / os.fsdecode(file)
            if now != _SUBMODULE:
                yield path
            elif path.is_dir() and any(path.iterdir()):
                was_one = before == _SUBMODULE
                yield from self._in_submodule(path, commit_before.decode() if was_one else None)

    def _in_submodule(self, folder: Path, commit: str | None) -> Iterator[Path]:
        """Give what differs in a submodule; all of it where it is not known what it was."""
        tree = _WorkingTree(folder, (), self.environment)
        try:
            known = None if commit is None else tree.commit(commit)
        except RevisionError:
            known = None
        nothing = tree.git("hash-object", "-t", "tree", "--stdin").strip().decode("ascii")
        return tree.changed(known or nothing)

    def git(self, *words: str) -> bytes:
        return _git(self.folder, *self.words, *words, environment=self.environment)


def _working_tree(folder: Path) -> _WorkingTree:
    """Find the working tree of a folder, by where it is and by nothing else.

    A bare repository, which `post-receive` is called for, has none that it knows of: there
    GIT_DIR and GIT_WORK_TREE say so, if the folder is in that tree and no closer one has it.

    Raises:
        RevisionError: there is none.
    """
    words, environment = _neutral(folder)
    own = _WorkingTree(folder, words, environment)
    directory, tree = (os.environ.get(name) for name in ("GIT_DIR", "GIT_WORK_TREE"))
    try:
        top = Path(os.fsdecode(own.git("rev-parse", "--show-toplevel").removesuffix(b"\n")))
    except RevisionError as error:
        top = None
        if directory and not tree and "not a git repository" in str(error):
            raise RevisionError(
                f"{error}; where the hook of a bare repository has checked it out, set "
                "GIT_WORK_TREE to the folder that it was checked out to"
            ) from error
        if not directory or not tree:
            raise
        if not folder.resolve().is_relative_to(Path(tree).resolve()):
            raise
    if directory and tree and (top is None or top != Path(tree).resolve()):
        named = Path(tree).resolve()
        is_closer = top is None or named.is_relative_to(top)
        if is_closer and folder.resolve().is_relative_to(named):
            ours = (f"--git-dir={Path(directory).resolve()}", f"--work-tree={named}")
            return _WorkingTree(folder, (*words, *ours), environment)
    return own


def _neutral(folder: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return words and an environment that say nothing of a repository, as hooks inherit it.

    Which folders of other users are trusted is nothing of a repository, and is kept.
    """
    told = _git(folder, "rev-parse", "--local-env-vars").decode("ascii").split()
    of_repository = {*told, *_PATH_SWITCHES}
    by_hand = {name for name in of_repository & os.environ.keys() if name.startswith("GIT_CONFIG")}
    environment = {k: v for k, v in os.environ.items() if k not in of_repository - by_hand}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # the hook's own command may hold them
    words: tuple[str, ...] = ()
    if by_hand:
        words = tuple(_trusted_by_hand(folder, environment))
        environment = {k: v for k, v in environment.items() if k not in by_hand}
    return words, environment


def _trusted_by_hand(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    words = ("config", "-z", "--show-scope", "--get-all", "safe.directory")
    try:
        facts = _git(folder, *words, environment=environment).split(b"\0")
    except RevisionError:
        return  # nothing is set
    for scope, value in zip(facts[0::2], facts[1::2], strict=False):
        if scope == b"command":
            yield from ("-c", f"safe.directory={os.fsdecode(value)}")


def _git(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> bytes:
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a revision is never taken for an option
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=environment,
        )
    except FileNotFoundError as error:
        raise RevisionError("git is not installed") from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git: {error}") from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        raise RevisionError(f"{folder}: git: {reason}")
    return done.stdout
