"""What a power cut leaves of a program's files, at each moment of it: its system calls replayed.

The calls are told by strace. A disk that keeps as little as it may keeps of a file what was there
when it was last flushed. Of names it keeps either all or only those of folders that were flushed
since: file systems do the one or the other, and some of each.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS: Final = (
    "openat,close,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat2,link,linkat,unlink,"
    "unlinkat,mkdir,lseek,dup"
)
_LINE: Final = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += +(-?\d+)[^\n]*")
_ARGUMENT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?|([^,"]+)')
_EXCHANGE: Final = "RENAME_EXCHANGE"
_MOMENTS: Final = frozenset(
    {"fsync", "fdatasync", "rename", "renameat2", "link", "linkat", "unlink"}
)

State = dict[str, bytes]


@dataclass(slots=True)
class _Inode:
    data: bytearray = field(default_factory=bytearray)
    flushed: bytes = b""


@dataclass(slots=True)
class _Open:
    """An open file (or folder: no inode), and where it is written to next."""

    name: str
    inode: _Inode | None
    position: int = 0


@dataclass(slots=True)
class _Disk:
    """The files below a folder, by their absolute names.

    The methods are named as the calls are, and take what these take and, last, their result.
    """

    root: str
    names: dict[str, _Inode] = field(default_factory=dict)
    flushed_names: dict[str, _Inode] = field(default_factory=dict)
    opened: dict[str, _Open] = field(default_factory=dict)

    def openat(self, _: str, name: str, flags: str, *more: str) -> None:
        name, file = _name(name), more[-1]
        self.opened.pop(file, None)
        if not f"{name}/".startswith(self.root):
            return
        if "O_DIRECTORY" in flags or (name not in self.names and "O_CREAT" not in flags):
            self.opened[file] = _Open(name, None)
            return
        inode = self.names.setdefault(name, _Inode())
        if "O_TRUNC" in flags:
            inode.data.clear()
        self.opened[file] = _Open(name, inode, len(inode.data) if "O_APPEND" in flags else 0)

    def close(self, file: str, *_: str) -> None:
        self.opened.pop(file, None)

    def dup(self, _: str, result: str) -> None:
        self.opened.pop(result, None)

    def lseek(self, file: str, *more: str) -> None:
        if file in self.opened:
            self.opened[file].position = int(more[-1])

    def write(self, file: str, data: str, size: str, result: str) -> None:
        if (opened := self.opened.get(file)) is not None:
            self.pwrite64(file, data, size, str(opened.position), result)
            opened.position += int(result)

    def pwrite64(self, file: str, data: str, _: str, at: str, result: str) -> None:
        opened = self.opened.get(file)
        if opened is not None and opened.inode is not None:
            content, start, size = opened.inode.data, int(at), int(result)
            content.extend(bytes(max(0, start - len(content))))
            content[start : start + size] = data.encode("latin-1")[:size]

    def ftruncate(self, file: str, size: str, *_: str) -> None:
        opened = self.opened.get(file)
        if opened is not None and opened.inode is not None:
            del opened.inode.data[int(size) :]

    def fsync(self, file: str, *_: str) -> None:
        opened = self.opened.get(file)
        if opened is None:
            return
        if opened.inode is not None:
            opened.inode.flushed = bytes(opened.inode.data)
            return
        kept = {n: i for n, i in self.flushed_names.items() if _folder(n) != opened.name}
        now = {n: i for n, i in self.names.items() if _folder(n) == opened.name}
        self.flushed_names = kept | now

    fdatasync = fsync

    def rename(self, old: str, new: str, *_: str) -> None:
        self.names[_name(new)] = self.names.pop(_name(old))

    def renameat2(self, _: str, old: str, __: str, new: str, flags: str, *___: str) -> None:
        assert flags == "RENAME_EXCHANGE"
        one, other = _name(old), _name(new)
        self.names[one], self.names[other] = self.names[other], self.names[one]

    def link(self, old: str, new: str, *_: str) -> None:
        self.names[_name(new)] = self.names[_name(old)]

    def linkat(self, _: str, old: str, __: str, new: str, *___: str) -> None:
        self.link(old, new)

    def unlink(self, name: str, *_: str) -> None:
        self.names.pop(_name(name), None)

    def unlinkat(self, _: str, name: str, *__: str) -> None:
        self.unlink(name)

    def left(self, *, all_names: bool) -> State:
        names = self.names if all_names else self.flushed_names
        return {name: inode.flushed for name, inode in names.items() if not name.endswith("-shm")}


def cuts(program: str, root: Path, *words: str) -> Iterator[tuple[str, State]]:
    """Run a Python program and give what a cut leaves below `root`, after each telling call.

    Each state that differs from the one before comes with what was printed until then.
    What is below `root` at the start is on the disk.
    """
    trace = root.parent / "trace"
    disk = _Disk(f"{root}/")
    for path in root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            disk.names[str(path)] = _Inode(bytearray(data), data)
    disk.flushed_names = dict(disk.names)
    strace = ["strace", "-f", "-qq", "-xx", "-s", "100000000", "-e", f"trace={_CALLS}"]
    command = [*strace, "-o", str(trace), sys.executable, "-c", program, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    last: dict[bool, tuple[str, State]] = {}
    printed = ""
    with trace.open() as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None or found[3].startswith("-"):
                continue
            arguments = [_argument(one) for one in _ARGUMENT.finditer(found[2])]
            words = [one for one in arguments if one != " "]
            if (replay := getattr(disk, found[1], None)) is not None:
                replay(*words, found[3])
            if found[1] == "write" and words[0] == "1":
                printed += words[1]
            elif found[1] not in _MOMENTS:
                continue
            for all_names in (True, False):
                moment = (printed, disk.left(all_names=all_names))
                if moment != last.get(all_names):
                    last[all_names] = moment
                    yield moment


def restore(root: Path, state: State) -> None:
    """Have below `root` what a cut has left."""
    shutil.rmtree(root)
    root.mkdir()
    for name, data in state.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)


def _argument(found: re.Match[str]) -> str:
    if found[1] is None:
        return str(found[3]).strip() or " "
    assert not found[2], "strace has cut a text"
    return bytes.fromhex(found[1].replace("\\x", "")).decode("latin-1")


def _name(text: str) -> str:
    return text.encode("latin-1").decode()


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
