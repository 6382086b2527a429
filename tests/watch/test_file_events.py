from __future__ import annotations

from pathlib import Path

import pytest
from watchfiles import Change

from crawler.watch.file_events import Watched, watched_folders


@pytest.fixture
def items(tmp_path: Path) -> Path:
    (tmp_path / "items/sub").mkdir(parents=True)
    (tmp_path / "items/out").mkdir()
    return tmp_path / "items"


def told(items: Path, *names: str, change: Change = Change.modified) -> set[Path] | None:
    watched = Watched(Path("items"), None, items / "out")
    return watched.files([(change, str(items / name)) for name in names], items)


def test_items_are_named_below_the_folder_as_the_user_spells_it(items: Path) -> None:
    assert told(items, "a.md", "sub/B.MARKDOWN") == {
        Path("items/a.md"),
        Path("items/sub/B.MARKDOWN"),
    }


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md~", ".a.md.swp", ".#a.md", ".git/a.md", "sub/.x/a.md", "out/a.md", "."]
)
def test_what_is_no_item_is_left_out(items: Path, name: str) -> None:
    assert told(items, name) == set()
    assert told(items, name, "b.md") == {Path("items/b.md")}


def test_a_folder_may_have_brought_anything(items: Path) -> None:
    assert told(items, "sub", change=Change.added) is None
    assert told(items, "sub", change=Change.deleted) == set()


def test_a_deleted_item_is_told(items: Path) -> None:
    assert told(items, "a.md", change=Change.deleted) == {Path("items/a.md")}


def test_single_files_are_watched_in_their_folder(items: Path) -> None:
    (items / "a.md").touch()
    (items / "b.md").touch()
    folders = watched_folders([items / "a.md", items / "b.md", items / "sub"], exclude=items)
    assert folders == [
        Watched(items / "sub", None, None),
        Watched(items, frozenset({"a.md", "b.md"}), None),
    ]
    changes = [(Change.added, str(items / name)) for name in ("a.md", "c.md", "sub/b.md")]
    assert folders[1].files(changes, items) == {items / "a.md"}
