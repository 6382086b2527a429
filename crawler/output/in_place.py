"""Replaces a file that its owner may be editing, and leaves all of it but its content as it was."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Self

from crawler.output.atomic import UnsafePathError, refuse_outside, temporary_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_NO_EXCHANGE: Final = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}
_NO_ATTRIBUTES: Final = {errno.EOPNOTSUPP, errno.ENOSYS}
# What only privileged programs may set; the system gives a new file its own.
_SYSTEMS_OWN: Final = ("security.", "trusted.")
# What tells a file from others, and from itself with another owner, mode or name. A rename changes
# the ctime, so that it tells something only before one.
_IDENTITY: Final = (
    "st_dev",
    "st_ino",
    "st_nlink",
    "st_mode",
    "st_uid",
    "st_gid",
    "st_size",
    "st_mtime_ns",
)


class ChangedMeanwhileError(OSError):
    """The file is not any more what it was when it was read; what is there now has been kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EBUSY, "it was changed meanwhile; the next run writes it", str(path))


@dataclass(frozen=True, slots=True)
class UsersFile:
    """Somebody's file as it was read.

    Attributes:
        path: where it is.
        data: its content.
        status: which file it was, and with which owner, mode, links and times.
    """

    path: Path
    data: bytes
    status: os.stat_result

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file, and what it is.

        Raises:
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            return cls(path, file.read(), os.fstat(file.fileno()))

    def replace(self, data: bytes, *, root: Path) -> None:
        """Put a file with this content in its place, with its owner, mode and attributes.

        The two are exchanged in one step where the system can, so that also what was saved in
        the very last moment is seen, and put back. Where it cannot, a moment is left between the
        last look and the step.

        Args:
            root: the folder that symlinks must not lead out of.

        Raises:
            ChangedMeanwhileError: it was changed since it was read.
            UnsafePathError: it cannot be replaced without harm: a symlink, a file with more
                names (hard links), a read-only one, one whose owner could not be kept.
            OSError: the file cannot be written; its filename is the path.
        """
        temporary = temporary_name(self.path)
        try:
            refuse_outside(self.path, root)
            self.refuse_harm()
            self._write_like_it(temporary, data)
            self._refuse_change(self.path, also=("st_ctime_ns",))
            self._put(temporary, data)
        except (UnsafePathError, ChangedMeanwhileError):
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        finally:
            with suppress(OSError):  # the first error says more
                temporary.unlink(missing_ok=True)

    def refuse_harm(self) -> None:
        """Refuse a file that cannot be replaced without harm, as far as that shows beforehand.

        Raises:
            ChangedMeanwhileError, UnsafePathError: see `replace`.
        """
        try:
            now = self.path.lstat()
        except FileNotFoundError:
            raise ChangedMeanwhileError(self.path) from None
        if not stat.S_ISREG(now.st_mode):
            raise UnsafePathError(self.path, "there is something else than a regular file")
        if now.st_nlink > 1:
            reason = f"the file has {now.st_nlink} names (hard links), which would come apart"
            raise UnsafePathError(self.path, reason)
        # A new file takes its place all the same, which is not what it is read-only for.
        if not now.st_mode & stat.S_IWUSR:
            raise UnsafePathError(self.path, "the file is read-only")

    def _write_like_it(self, temporary: Path, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with open(os.open(temporary, flags, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            self._keep_owner(file.fileno())
            self._keep_attributes(file.fileno())
            os.fchmod(file.fileno(), stat.S_IMODE(self.status.st_mode))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _keep_owner(self, file: int) -> None:
        if os.name != "posix":
            return
        was, now = self.status, os.fstat(file)
        try:
            if now.st_gid != was.st_gid:
                os.fchown(file, -1, was.st_gid)
            if now.st_uid != was.st_uid:
                os.fchown(file, was.st_uid, -1)
        except OSError:
            reason = f"its owner and group ({was.st_uid}:{was.st_gid}) could not be kept"
            raise UnsafePathError(self.path, reason) from None

    def _keep_attributes(self, file: int) -> None:
        """Copy the extended attributes, of which access control lists are a part."""
        if not hasattr(os, "listxattr"):
            return
        wanted, present = _attributes(self.path), _attributes(file)
        for name in present.keys() - wanted.keys():  # from the folder's default list
            if not name.startswith(_SYSTEMS_OWN):
                os.removexattr(file, name)
        for name, value in wanted.items():
            if present.get(name) == value:
                continue
            try:
                os.setxattr(file, name, value)
            except OSError as error:
                if name.startswith(_SYSTEMS_OWN):
                    continue
                reason = f"its attribute {name} could not be kept ({error.strerror})"
                raise UnsafePathError(self.path, reason) from None

    def _refuse_change(self, path: Path, *, also: tuple[str, ...] = ()) -> None:
        try:
            now = UsersFile.read(path)
        except OSError:
            raise ChangedMeanwhileError(self.path) from None
        facts = (*_IDENTITY, *also)
        is_same = all(getattr(now.status, fact) == getattr(self.status, fact) for fact in facts)
        if not is_same or now.data != self.data or path.is_symlink():
            raise ChangedMeanwhileError(self.path)

    def _put(self, temporary: Path, data: bytes) -> None:
        exchange = _exchange()
        if exchange is None or not exchange(temporary, self.path):
            temporary.replace(self.path)
            return
        try:
            self._refuse_change(temporary)  # now the earlier file has this name
        except ChangedMeanwhileError:
            exchange(temporary, self.path)
            if temporary.read_bytes() != data:  # saved again between the two steps
                exchange(temporary, self.path)
            raise


def _attributes(file: Path | int) -> dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError as error:
        if error.errno in _NO_ATTRIBUTES:
            return {}
        raise


@cache
def _exchange() -> Callable[[Path, Path], bool] | None:
    """Return what exchanges two files in one step (False: not here); None: nothing does."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or an old C library
        return None
    renameat2.argtypes = (
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_uint,
    )

    def exchange(one: Path, other: Path) -> bool:
        names = os.fsencode(one), os.fsencode(other)
        if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
            return True
        code = ctypes.get_errno()
        if code in _NO_EXCHANGE:
            return False
        raise OSError(code, os.strerror(code), str(other))

    return exchange
