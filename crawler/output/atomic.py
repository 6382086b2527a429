"""Writes a file so that readers see the earlier content or the new one, and nothing between."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFTOVER = re.compile(r"\.[0-9a-f]{8}\.[0-9]+\.crawler-tmp")


class UnsafePathError(OSError):
    """The path leads out of the output folder, or is not a regular file's."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EPERM, reason, str(path))


def write_atomically(path: Path, data: bytes, *, root: Path) -> None:
    """Replace the file at `path`, or make it with its folders, and flush its data to the disk.

    The folder is not flushed: after a power cut the earlier file may be back, whole, and differs
    then from what the ledger remembers, so that the next run writes it again. What it is made from
    is in the ledger for good by then.

    An earlier file keeps its mode; a new one gets the process's default. On any error the
    earlier file stays as it was and no temporary file remains.

    Args:
        path: the file, below `root`.
        data: its whole content.
        root: the folder that symlinks must not lead out of. Nobody else may change folders
            below it during the call.

    Raises:
        UnsafePathError: `path` is a symlink or no regular file, or its folder is, with symlinks
            followed, not in `root`.
        OSError: the file cannot be written; its filename is `path`.
    """
    try:
        with replacing(path, root=root) as stream:
            stream.write(data)
    except UnsafePathError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def replacing(path: Path, *, root: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of the one at `path` once it is whole.

    Args:
        path, root: as for `write_atomically`, which says the rest.

    Raises:
        UnsafePathError, OSError: likewise.
    """
    refuse_outside(path, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    mode, temporary = _mode_of_regular_file(path), temporary_name(path)
    try:
        with _new_file(temporary, mode=mode) as stream:
            yield stream
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):  # the first error says more
            temporary.unlink(missing_ok=True)
        raise


def create_atomically(path: Path, data: bytes, *, root: Path) -> bool:
    """Make the file at `path`, whole, unless there is anything already; return whether it was made.

    It is on the disk then, and so is its name: who is told that it was made may rely on it.

    Args:
        path, data, root: as for `write_atomically`.

    Raises:
        UnsafePathError: the folder of `path` is, with symlinks followed, not in `root`.
        OSError: the file cannot be written; its filename is `path`.
    """
    refuse_outside(path, root)
    temporary = temporary_name(path)
    try:
        make_folder(path.parent)
        _write_new(temporary, data)
        is_new = _link(temporary, path)
        flush_folder(path.parent)  # also where it was there, but perhaps not on the disk
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # the first error says more
            temporary.unlink(missing_ok=True)
    return is_new


def _link(temporary: Path, path: Path) -> bool:
    try:
        path.hardlink_to(temporary)  # the one step that fails where there is a file
    except FileExistsError:
        return False
    except OSError:
        # File systems without hard links, such as exFAT, leave a moment between look and rename.
        if path.exists() or path.is_symlink():
            return False
        temporary.replace(path)
    return True


def remove_file(path: Path, *, root: Path) -> None:
    """Remove the file at `path`, if there is one.

    Raises:
        UnsafePathError: as `write_atomically`.
        OSError: the file cannot be removed.
    """
    refuse_outside(path, root)
    if _mode_of_regular_file(path) is not None:
        path.unlink()
        flush_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those around it, and have their names on the disk.

    Raises:
        OSError: one of them cannot be made.
    """
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        flush_folder(folder.parent)


def flush_folder(path: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that.

    Raises:
        OSError: they cannot be written.
    """
    if os.name != "posix":
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise  # some network file systems do not flush folders
    finally:
        os.close(folder)


def sweep_leftovers(root: Path, *, recursive: bool = True) -> int:
    """Remove temporary files that a killed process left below `root`; return how many.

    Without `recursive` only files right in `root` are looked at.

    Symlinks are not followed. Call it only while no other process writes there.

    Raises:
        OSError: one of them cannot be removed.
    """
    count = 0
    for folder, folders, files in os.walk(root, followlinks=False):
        if not recursive:
            folders.clear()
        for name in files:
            leftover = Path(folder, name)
            if _LEFTOVER.fullmatch(name) and stat.S_ISREG(leftover.lstat().st_mode):
                leftover.unlink()
                count += 1
    return count


def is_below(path: Path, root: Path) -> bool:
    """Whether the folder of `path` is, with symlinks followed, in `root`."""
    return Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(root))


def refuse_outside(path: Path, root: Path) -> None:
    """Refuse a path whose folder is, with symlinks followed, not in `root`.

    Raises:
        UnsafePathError: it is not.
    """
    if not is_below(path, root):
        raise UnsafePathError(path, f"the folder is outside {os.path.realpath(root)}")


def _mode_of_regular_file(path: Path) -> int | None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise UnsafePathError(path, "there is something else than a regular file")
    return stat.S_IMODE(mode)


def temporary_name(path: Path) -> Path:
    """Return a name beside `path` that `sweep_leftovers` knows, should a kill leave it there."""
    return path.with_name(f".{secrets.token_hex(4)}.{os.getpid()}.crawler-tmp")


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that nobody has."""
    with _new_file(path, mode=None) as stream:
        stream.write(data)


@contextmanager
def _new_file(path: Path, *, mode: int | None) -> Iterator[BinaryIO]:
    """Open a file that nobody has; with a `mode` it is never readable for more than that."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_BINARY", 0)
    file_number = os.open(path, flags, 0o666 if mode is None else 0o600)
    with open(file_number, "wb") as file:  # noqa: PTH123 - a descriptor
        if mode is not None:
            path.chmod(mode)
        yield file
        file.flush()
        os.fsync(file.fileno())
