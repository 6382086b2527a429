from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from crawler.items.find import FoundItem, ItemsNotFoundError, find_items

if TYPE_CHECKING:
    from crawler.exceptions import Problem


def found(*paths: Path, exclude: Path | None = None) -> list[str]:
    items = find_items(paths, exclude=exclude, on_problem=lambda problem: pytest.fail(str(problem)))
    return [str(item.relative) for item in items]


def plant(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def test_a_folder_gives_its_own_files_first_by_name(tmp_path: Path) -> None:
    plant(tmp_path, "b/c/x.md", "b/a.md", "z.md", "a/y.md", "B.md", "b.md")
    assert found(tmp_path) == ["B.md", "b.md", "z.md", "a/y.md", "b/a.md", "b/c/x.md"]


def test_only_markdown_files_that_are_not_hidden_are_items(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", "b.MD", "c.markdown", "d.Markdown", "e.txt", "md", "f.md.bak", "g.mdx")
    plant(tmp_path, ".h.md", ".hidden/i.md", "folder.md/j.md", ".md")
    assert found(tmp_path) == ["a.md", "b.MD", "c.markdown", "d.Markdown", "folder.md/j.md"]


def test_a_path_is_below_the_folder_as_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "news/2020/a.md")
    monkeypatch.chdir(tmp_path)
    items = find_items([Path("news")], exclude=None, on_problem=pytest.fail)
    assert list(items) == [FoundItem(Path("news/2020/a.md"), PurePosixPath("2020/a.md"))]


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    plant(tmp_path, "x/.draft.txt")
    assert found(tmp_path / "x/.draft.txt") == [".draft.txt"]


def test_links_to_folders_are_not_followed_but_links_to_files_are(tmp_path: Path) -> None:
    plant(tmp_path, "real/a.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "loop.md").symlink_to(tmp_path)
    (tmp_path / "b.md").symlink_to("real/a.md")
    (tmp_path / "dangling.md").symlink_to("nowhere")
    assert found(tmp_path) == ["b.md", "dangling.md", "real/a.md"]


def test_a_link_to_a_folder_that_is_named_is_followed(tmp_path: Path) -> None:
    plant(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == ["a.md"]


def test_the_excluded_folder_is_left_out(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", "output/b.md", "output/c/d.md", "output2/e.md")
    assert found(tmp_path, exclude=tmp_path / "x/../output") == ["a.md", "output2/e.md"]


@pytest.mark.parametrize("inside", ["output", "output/c", "output/c/d.md"])
def test_what_is_named_inside_the_excluded_folder_is_taken(tmp_path: Path, inside: str) -> None:
    plant(tmp_path, "output/c/d.md")
    assert found(tmp_path / inside, exclude=tmp_path / "output")[-1].endswith("d.md")


def test_the_same_file_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, "news/a.md", "news/sub/b.md")
    (tmp_path / "link").symlink_to("news")
    monkeypatch.chdir(tmp_path)
    names = ["news/sub", "news/a.md", "./news", "link/a.md", "link", "news/../news/a.md"]
    assert found(*map(Path, names)) == ["b.md", "a.md"]


def test_a_missing_path_is_an_error_before_anything_is_given(tmp_path: Path) -> None:
    plant(tmp_path, "a.md")
    (tmp_path / "dangling").symlink_to("nowhere")
    for missing in (tmp_path / "missing", tmp_path / "dangling", Path("a\0b")):
        with pytest.raises(ItemsNotFoundError):
            find_items([tmp_path, missing], exclude=None, on_problem=pytest.fail)


def test_a_missing_path_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(ItemsNotFoundError, match=r"missing: No such file or directory"):
        found(tmp_path / "missing")


def test_a_folder_that_cannot_be_read_is_reported_and_passed_over(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", "b/x.md", "c/y.md")
    problems: list[Problem] = []
    items = find_items([tmp_path], exclude=None, on_problem=problems.append)
    names = [next(items).path.name]
    shutil.rmtree(tmp_path / "b")
    names += [item.path.name for item in items]
    assert names == ["a.md", "y.md"]
    assert [problem.file for problem in problems] == [str(tmp_path / "b")]
    assert "cannot be read: No such file" in problems[0].reason


def test_a_name_that_is_not_utf_8_is_reported_in_printable_form(tmp_path: Path) -> None:
    try:
        plant(tmp_path, os.fsdecode(b"\xff.md"), "a.md")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    problems: list[Problem] = []
    items = list(find_items([tmp_path], exclude=None, on_problem=problems.append))
    assert [item.path.name for item in items] == ["a.md"]
    assert problems[0].file.endswith("\ufffd.md")
    assert problems[0].reason == "the name is not UTF-8"


def test_a_folder_on_the_way_whose_name_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    """The ledger could not say where its items are."""
    folder = tmp_path / os.fsdecode(b"\xff") / "items"
    try:
        plant(folder, "a.md")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    for path in (folder, folder / "a.md"):
        with pytest.raises(ItemsNotFoundError, match=r"\ufffd.*the name is not UTF-8"):
            found(path)


def test_a_file_that_was_named_and_whose_name_is_not_utf_8_is_reported(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.md")
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    bad: list[Problem] = []
    items = find_items([path], exclude=None, on_problem=pytest.fail, on_bad_name=bad.append)
    assert list(items) == []
    assert [problem.reason for problem in bad] == ["the name is not UTF-8"]


def test_folders_may_nest_deeper_than_calls(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    file = folders[-1] / "a.md"
    file.touch()
    try:
        assert len(found(tmp_path)) == 1
    finally:  # pytest would need as many calls to clean up
        file.unlink()
        for folder in reversed(folders[1:]):
            folder.rmdir()


def test_a_folder_is_listed_when_its_turn_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "a/1.md", "a/2.md", "b/3.md", "c/4.md")
    listed: list[str] = []
    scandir = os.scandir

    def recording(folder: Path) -> object:
        listed.append(folder.name)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", recording)
    items = find_items([tmp_path], exclude=None, on_problem=pytest.fail)
    assert listed == []
    assert [next(items).path.name for _ in range(2)] == ["1.md", "2.md"]
    assert listed == [tmp_path.name, "a"]
    assert len(list(items)) == 2
    assert listed == [tmp_path.name, "a", "b", "c"]
