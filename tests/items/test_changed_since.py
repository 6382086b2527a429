"""What has changed since a commit, as a real Git tells it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crawler.items.changed_since import RevisionError, changed_since
from crawler.items.discovery import ItemsNotFoundError
from tests.web.git import Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository.create(tmp_path / "site")
    for name in ("items/a.md", "items/sub/b.md", "items/c.md", "other/x.md"):
        repository.write(name, f"{name}\n" * 20)
    repository.commit("first")
    return repository


def names(repository: Repository, revision: str = "HEAD", items: str = "items") -> list[str]:
    found = changed_since([repository.path / items], revision)
    assert found is not None
    return sorted(os.path.relpath(path, repository.path) for path in found)


def test_nothing_has_changed_since_the_last_commit(repository: Repository) -> None:
    assert names(repository) == []


def test_new_and_changed_files_below_items_are_named_and_others_are_not(
    repository: Repository,
) -> None:
    before = repository.head()
    repository.write("items/new.md", "new")
    repository.write("items/sub/b.md", "changed")
    repository.write("other/x.md", "changed")
    repository.commit("second")
    repository.write("items/c.md", "not committed yet")
    assert names(repository, before) == ["items/c.md", "items/new.md", "items/sub/b.md"]
    assert names(repository, before, "items/sub/b.md") == ["items/sub/b.md"]


def test_a_renamed_file_is_named_twice_and_a_deleted_one_as_well(repository: Repository) -> None:
    repository.git("config", "diff.renames", "copies")
    repository.git("mv", "items/a.md", "items/sub/moved.md")
    repository.git("rm", "-q", "items/c.md")
    repository.commit("move")
    assert names(repository, "HEAD~1") == ["items/a.md", "items/c.md", "items/sub/moved.md"]


@pytest.mark.parametrize(
    "name", ["two words.md", "größe.md", "日本.md", '"quoted".md', "*.md", ":(top)x.md", "a\nb.md"]
)
def test_a_name_is_given_as_it_is(repository: Repository, name: str) -> None:
    repository.write(f"items/{name}", "new")
    repository.commit("odd name")
    assert names(repository, "HEAD~1") == [f"items/{name}"]
    assert names(repository, "HEAD~1", f"items/{name}") == [f"items/{name}"]


def test_items_may_be_reached_through_a_link(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository.path / "items", target_is_directory=True)
    repository.write("items/new.md", "new")
    repository.commit("second")
    assert changed_since([tmp_path / "link"], "HEAD~1") == (tmp_path / "link/new.md",)


@pytest.mark.parametrize("digits", [40, 64])
def test_since_nothing_everything_is_new(repository: Repository, digits: int) -> None:
    assert changed_since([repository.path / "items"], "0" * digits) is None


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "", "HEAD:items/a.md", "f" * 40])
def test_what_is_no_commit_is_an_error(repository: Repository, revision: str) -> None:
    with pytest.raises(RevisionError, match="Git knows no revision"):
        names(repository, revision)
    assert not (repository.path / "x").exists()


def test_a_shallow_clone_that_lacks_the_commit_says_how_to_get_it(
    repository: Repository, tmp_path: Path
) -> None:
    before = repository.head()
    repository.write("items/new.md", "new")
    repository.commit("second")
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")
    with pytest.raises(RevisionError, match=r"not in this shallow clone.*fetch --unshallow"):
        names(shallow, before)
    shallow.git("fetch", "-q", "--unshallow")
    assert names(shallow, before) == ["items/new.md"]


def test_a_folder_outside_of_any_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="not a git repository"):
        changed_since([tmp_path], "HEAD")


def test_a_missing_folder_is_an_error(repository: Repository) -> None:
    with pytest.raises(ItemsNotFoundError):
        names(repository, "HEAD", "none")


def test_without_git_the_error_says_so(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="git is not installed"):
        names(repository)
