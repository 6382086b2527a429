from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.output.atomic import (
    UnsafePathError,
    create_atomically,
    sweep_leftovers,
    write_atomically,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes or limits")


def names_below(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "c.md", b"text\r\n", root=tmp_path)
    assert (tmp_path / "a" / "b" / "c.md").read_bytes() == b"text\r\n"
    assert names_below(tmp_path) == ["a", "a/b", "a/b/c.md"]


@posix_only
def test_a_new_file_gets_the_default_mode(tmp_path: Path) -> None:
    earlier = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a.md", b"", root=tmp_path)
    finally:
        os.umask(earlier)
    assert stat.S_IMODE((tmp_path / "a.md").stat().st_mode) == 0o640


@posix_only
def test_an_earlier_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o604)
    write_atomically(path, b"new", root=tmp_path)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_an_open_reader_keeps_the_earlier_content(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    if os.name == "nt":
        pytest.skip("Windows does not replace open files")
    with path.open("rb") as reader:
        write_atomically(path, b"new", root=tmp_path)
        assert reader.read() == b"old"


def test_a_folder_symlink_that_leads_out_of_the_root_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside, target_is_directory=True)
    for path in (root / "link" / "a.md", root / "link" / "new" / "a.md"):
        with pytest.raises(UnsafePathError) as caught:
            write_atomically(path, b"x", root=root)
        assert caught.value.filename == str(path)
    assert names_below(outside) == []


def test_a_folder_symlink_to_nowhere_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "missing", target_is_directory=True)
    with pytest.raises(UnsafePathError):
        write_atomically(root / "link" / "a.md", b"x", root=root)
    assert names_below(tmp_path) == ["root", "root/link"]


def test_parent_segments_that_lead_out_of_the_root_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    with pytest.raises(UnsafePathError):
        write_atomically(root / "a" / ".." / ".." / "a.md", b"x", root=root)
    with pytest.raises(UnsafePathError):
        write_atomically(tmp_path / "root-2" / "a.md", b"x", root=root)
    assert names_below(tmp_path) == []


def test_a_folder_symlink_within_the_root_and_a_root_that_is_a_symlink_are_fine(
    tmp_path: Path,
) -> None:
    (tmp_path / "real" / "a").mkdir(parents=True)
    (tmp_path / "real" / "link").symlink_to("a", target_is_directory=True)
    (tmp_path / "root").symlink_to("real", target_is_directory=True)
    write_atomically(tmp_path / "root" / "link" / "a.md", b"x", root=tmp_path / "root")
    assert (tmp_path / "real" / "a" / "a.md").read_bytes() == b"x"


def test_a_file_symlink_is_refused_and_its_target_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "a.md").symlink_to("target")
    (tmp_path / "b.md").symlink_to("missing")
    for name in ("a.md", "b.md"):
        with pytest.raises(UnsafePathError):
            write_atomically(tmp_path / name, b"new", root=tmp_path)
    assert (tmp_path / "target").read_bytes() == b"old"
    assert names_below(tmp_path) == ["a.md", "b.md", "target"]


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(UnsafePathError):
        write_atomically(tmp_path / "folder.md", b"x", root=tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.md")
        with pytest.raises(UnsafePathError):
            write_atomically(tmp_path / "pipe.md", b"x", root=tmp_path)


def test_an_error_names_the_final_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "a.md"
    with pytest.raises(OSError, match=r"a\.md") as caught:
        write_atomically(path, b"x", root=tmp_path)
    assert caught.value.filename == str(path)


@posix_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_gives_an_error_that_names_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o555)
    with pytest.raises(PermissionError) as caught:
        write_atomically(folder / "a.md", b"x", root=tmp_path)
    assert caught.value.filename == str(folder / "a.md")


FULL_DISK = """
import resource, sys
from pathlib import Path
from crawler.output.atomic import write_atomically
root = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(root / "a.md", b"x" * 5000, root=root)
except OSError as error:
    print(error.errno, error.filename)
"""


@posix_only
def test_a_full_disk_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout == f"{errno.EFBIG} {path}\n"
    assert path.read_bytes() == b"old"
    assert names_below(tmp_path) == ["a.md"]


def test_an_interrupted_write_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.md", b"x", root=tmp_path)
    assert names_below(tmp_path) == []


def test_a_sweep_removes_leftovers_only_and_follows_no_symlink(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "a").mkdir(parents=True)
    outside.mkdir()
    leftover = ".0123abcd.4711.crawler-tmp"
    for path in (root / leftover, root / "a" / leftover, outside / leftover):
        path.write_bytes(b"half")
    (root / "a" / "item.md").write_bytes(b"whole")
    (root / "a" / ".x.crawler-tmp").write_bytes(b"somebody's")
    (root / "link").symlink_to(outside, target_is_directory=True)
    (root / ".89abcdef.1.crawler-tmp").symlink_to(outside / leftover)
    assert sweep_leftovers(root) == 2
    assert names_below(tmp_path) == [
        "outside",
        f"outside/{leftover}",
        "root",
        "root/.89abcdef.1.crawler-tmp",
        "root/a",
        "root/a/.x.crawler-tmp",
        "root/a/item.md",
        "root/link",
    ]
    assert sweep_leftovers(tmp_path / "missing") == 0


def _no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


@pytest.mark.parametrize("links", [None, _no_links])
def test_a_file_is_created_once_and_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: Callable[..., None] | None
) -> None:
    if links is not None:
        monkeypatch.setattr("pathlib.Path.hardlink_to", links)
    path = tmp_path / "a" / "b.md"
    assert create_atomically(path, b"first", root=tmp_path)
    assert not create_atomically(path, b"second", root=tmp_path)
    assert path.read_bytes() == b"first"
    assert names_below(tmp_path) == ["a", "a/b.md"]


def test_no_file_is_created_in_the_place_of_a_link_or_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    (root / "link.md").symlink_to(outside)
    assert not create_atomically(root / "link.md", b"x", root=root)
    (root / "sub").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(UnsafePathError):
        create_atomically(root / "sub" / "a.md", b"x", root=root)
    assert not outside.exists()
