from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from crawler.output import in_place
from crawler.output.atomic import UnsafePathError
from crawler.output.in_place import ChangedMeanwhileError, UsersFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX owners and modes")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "items" / "a.md"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


@pytest.fixture(params=["exchanged", "renamed"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "renamed":
        monkeypatch.setattr(in_place, "_exchange", lambda: None)
    elif in_place._exchange() is None:
        pytest.skip("this system does not exchange files")
    return str(request.param)


def replace(path: Path, data: bytes = b"new") -> None:
    UsersFile.read(path).replace(data, root=path.parent)


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755, 0o2664])
def test_the_file_has_the_new_content_and_its_mode(path: Path, mode: int) -> None:
    path.chmod(mode)
    replace(path)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names(path) == ["a.md"]


@as_root
@pytest.mark.usefixtures("way")
def test_root_keeps_the_owner_and_the_group(path: Path) -> None:
    os.chown(path, 1234, 4321)
    replace(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_where_the_owner_cannot_be_kept_the_file_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = UsersFile.read(path)
    other = os.stat_result((*file.status[:4], 1234, 4321, *file.status[6:]))

    def refuse(*_: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(UnsafePathError, match=r"owner and group \(1234:4321\) could not be kept"):
        UsersFile(path, file.data, other).replace(b"new", root=path.parent)
    assert path.read_bytes() == b"old"
    assert names(path) == ["a.md"]


def test_extended_attributes_stay(path: Path) -> None:
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    replace(path)
    assert os.getxattr(path, "user.note") == b"mine"


def test_access_control_lists_stay_and_none_comes_from_the_folder(path: Path) -> None:
    if shutil.which("setfacl") is None:
        pytest.skip("needs setfacl")
    listed = path.with_name("b.md")
    listed.write_bytes(b"old")
    subprocess.run(["setfacl", "-m", "u:1234:rw", str(listed)], check=True)
    subprocess.run(["setfacl", "-d", "-m", "u:4321:rwx", str(path.parent)], check=True)
    name = "system.posix_acl_access"
    before = os.getxattr(listed, name)
    for file in (path, listed):
        replace(file)
    assert os.getxattr(listed, name) == before
    assert name not in os.listxattr(path)


def test_the_temporary_file_is_never_readable_for_more_than_the_item(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(0o600)
    seen: list[int] = []

    def look(_: int) -> None:
        seen.extend(stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir())

    monkeypatch.setattr(os, "fsync", look)
    earlier = os.umask(0)
    try:
        replace(path)
    finally:
        os.umask(earlier)
    assert seen
    assert set(seen) == {0o600}


def test_a_file_with_two_names_is_left_as_it_is(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "backup.md"
    other.hardlink_to(path)
    with pytest.raises(UnsafePathError, match="has 2 names"):
        replace(path)
    assert path.read_bytes() == other.read_bytes() == b"old"
    assert path.stat().st_nlink == 2


def test_a_read_only_file_is_left_as_it_is(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(UnsafePathError, match="read-only"):
        replace(path)
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link.md")
    link.symlink_to("a.md")
    with pytest.raises(UnsafePathError, match="something else than a regular file"):
        replace(link)
    assert link.is_symlink()
    assert path.read_bytes() == b"old"


def test_a_folder_that_leads_out_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "sub").symlink_to(path.parent, target_is_directory=True)
    file = UsersFile.read(tmp_path / "root" / "sub" / "a.md")
    with pytest.raises(UnsafePathError, match="outside"):
        file.replace(b"new", root=tmp_path / "root")
    assert path.read_bytes() == b"old"


def rewrite(path: Path) -> None:
    path.write_bytes(b"edited")


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b" edited")


def save_anew(path: Path) -> None:
    new = path.with_name("new")
    new.write_bytes(b"edited")
    new.replace(path)


def save_with_the_same_times(path: Path) -> None:
    status = path.stat()
    path.write_bytes(b"mod")  # as long as before
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def remove(path: Path) -> None:
    path.unlink()


def close_to_others(path: Path) -> None:
    path.chmod(0o600)


def give_another_name(path: Path) -> None:
    path.with_name("b.md").hardlink_to(path)


EDITS = (
    rewrite,
    append,
    save_anew,
    save_with_the_same_times,
    remove,
    close_to_others,
    give_another_name,
)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_what_is_done_to_a_file_after_it_was_read_stays(
    path: Path, edit: Callable[[Path], None]
) -> None:
    path.chmod(0o644)
    file = UsersFile.read(path)
    edit(path)
    status = path.stat() if path.exists() else None
    content = path.read_bytes() if path.exists() else None
    with pytest.raises((ChangedMeanwhileError, UnsafePathError)):
        file.replace(b"new", root=path.parent)
    assert (path.read_bytes() if path.exists() else None) == content
    if status is not None:
        assert (path.stat().st_ino, path.stat().st_mode) == (status.st_ino, status.st_mode)
    assert not [name for name in names(path) if name.endswith("crawler-tmp")]


@pytest.mark.parametrize("edit", [rewrite, append, save_anew, close_to_others])
def test_what_is_saved_between_the_last_look_and_the_exchange_comes_back(
    path: Path, edit: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = in_place._exchange()
    if exchange is None:
        pytest.skip("this system does not exchange files")
    edits = [edit]

    def edit_first(one: Path, other: Path) -> bool:
        if edits:
            edits.pop()(path)
        return exchange(one, other)

    monkeypatch.setattr(in_place, "_exchange", lambda: edit_first)
    path.chmod(0o644)
    with pytest.raises(ChangedMeanwhileError):
        replace(path)
    assert path.read_bytes() in {b"edited", b"old edited", b"old"}
    assert path.read_bytes() != b"old" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(path) == ["a.md"]


def test_what_is_saved_while_an_edit_is_put_back_is_kept_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = in_place._exchange()
    if exchange is None:
        pytest.skip("this system does not exchange files")
    contents = [b"first edit", b"second edit"]

    def edit_first(one: Path, other: Path) -> bool:
        if contents:
            new = path.with_name("new")
            new.write_bytes(contents.pop(0))
            new.replace(path)
        return exchange(one, other)

    monkeypatch.setattr(in_place, "_exchange", lambda: edit_first)
    with pytest.raises(ChangedMeanwhileError):
        replace(path)
    assert path.read_bytes() == b"second edit"
    assert names(path) == ["a.md"]


def test_a_full_disk_leaves_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"a\.md") as caught:
        replace(path)
    assert caught.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert names(path) == ["a.md"]
