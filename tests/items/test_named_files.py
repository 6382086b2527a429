from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from crawler.items.find import FoundItem, ItemsNotFoundError, find_items, find_named

if TYPE_CHECKING:
    from crawler.exceptions import Problem


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "items"
    names = ("b.md", "A.MARKDOWN", "sub/deep/a b.md", "sub/ü.md", "notes.txt", ".hidden.md")
    for name in (*names, ".git/x.md", "out/items/b.md", "folder.md/inside.md"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("---\n---\n")
    (root / "linked").symlink_to(root / "sub", target_is_directory=True)
    (root / "dangling.md").symlink_to(root / "nowhere")
    return root


def named(root: Path, *files: Path, exclude: Path | None = None) -> list[FoundItem]:
    return found_of([root], *files, exclude=exclude)[0]


def found_of(
    paths: list[Path], *files: Path, exclude: Path | None = None
) -> tuple[list[FoundItem], list[str]]:
    """Return what is found, and the names that nothing is known of."""
    unknown: list[str] = []

    def refuse(problem: Problem) -> None:
        raise AssertionError(problem)

    found = find_named(paths, files, exclude=exclude, on_bad_name=refuse, on_unknown=unknown.append)
    return list(found), unknown


def test_a_named_file_is_found_as_a_search_finds_it(root: Path) -> None:
    every = [path for path in root.rglob("*") if not path.is_dir()]
    every += [path / "a.md" for path in root.rglob("*") if path.is_dir()]
    every += list((root / "linked").rglob("*"))
    searched = find_items([root], exclude=root / "out", on_problem=lambda _: None)
    found = named(root, *every, exclude=root / "out")
    assert sorted(found, key=str) == sorted(searched, key=str)
    assert len(found) == 6


def test_the_place_of_a_named_file_is_that_below_the_folder(root: Path) -> None:
    path = root / "sub/deep/a b.md"
    assert named(root, path) == [FoundItem(path, PurePosixPath("sub/deep/a b.md"))]


def test_a_file_may_be_named_in_other_words_and_more_than_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.parent)
    spelled = (Path("items/../items/b.md"), Path("items/sub/../b.md"), root / "b.md")
    found, _ = found_of([Path("items")], *spelled)
    assert found == [FoundItem(Path("items/b.md"), PurePosixPath("b.md"))]


@pytest.mark.parametrize("name", ["gone.md", "../elsewhere.md", "../items-2/b.md", "", "b.md/x.md"])
def test_what_is_gone_or_elsewhere_is_unknown(root: Path, name: str) -> None:
    (root.parent / "elsewhere.md").write_text("")
    (root.parent / "items-2").mkdir()
    (root.parent / "items-2/b.md").write_text("")
    found, unknown = found_of([root], root / name, root / "b.md")
    assert [item.path for item in found] == [root / "b.md"]
    assert unknown == [os.path.abspath(root / name)]  # noqa: PTH100 - without ".."


def test_an_item_that_the_user_named_itself_needs_no_folder(root: Path) -> None:
    path = root / "notes.txt"
    assert named(path, path, root / "b.md") == [FoundItem(path, PurePosixPath("notes.txt"))]


def test_a_file_below_two_folders_is_found_once_below_the_first(root: Path) -> None:
    paths = [root / "sub", root]
    found, _ = found_of(paths, root / "sub/ü.md")
    assert [item.relative for item in found] == [PurePosixPath("ü.md")]


def test_a_file_may_be_named_by_the_real_path_of_a_linked_folder(
    root: Path, tmp_path: Path
) -> None:
    """As Git and other programs do that follow links."""
    link = tmp_path / "link"
    link.symlink_to(root, target_is_directory=True)
    found, unknown = found_of([link], link / "b.md", root / "b.md", root / "sub/ü.md")
    assert [item.path for item in found] == [link / "b.md", link / "sub/ü.md"]
    assert unknown == []
    assert found_of([link / "b.md"], root / "b.md") == (
        [FoundItem(link / "b.md", PurePosixPath("b.md"))],
        [],
    )


def test_a_name_that_is_not_utf8_is_a_problem(root: Path) -> None:
    path = root / os.fsdecode(b"\xff.md")
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    problems: list[Problem] = []
    found = find_named(
        [root], [path], exclude=None, on_bad_name=problems.append, on_unknown=pytest.fail
    )
    assert list(found) == []
    assert [problem.reason for problem in problems] == ["the name is not UTF-8"]


def test_a_folder_that_is_missing_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ItemsNotFoundError):
        find_named([tmp_path / "none"], [], exclude=None, on_bad_name=print, on_unknown=pytest.fail)
