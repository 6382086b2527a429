"""What has changed since a commit, as a real Git tells it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.items.changed_since import RevisionError, changed_since
from crawler.items.find import ItemsNotFoundError
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


TELL = f"""#!/bin/sh
exec {sys.executable} -c '
import sys
from pathlib import Path
from crawler.items.changed_since import changed_since
found = changed_since([Path(sys.argv[1])], sys.argv[2])
print(*sorted(path.name for path in found or ()))
' "$@" > "$TOLD" 2>&1
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `tell ITEMS REVISION`, which is in the PATH of hooks, has printed last."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tell").write_text(TELL)
    (tmp_path / "bin/tell").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    return tmp_path / "told"


def hook(folder: Path, name: str, text: str) -> None:
    (folder / "hooks").mkdir(exist_ok=True)
    (folder / "hooks" / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / "hooks" / name).chmod(0o755)


@pytest.mark.parametrize("is_linked", [False, True])
@pytest.mark.parametrize("items", ["items", "$PWD/items", "../$(basename $PWD)/items"])
def test_a_hook_is_told_what_its_commit_brought(
    repository: Repository, tmp_path: Path, told: Path, items: str, *, is_linked: bool
) -> None:
    hook(repository.path / ".git", "post-commit", f'tell "{items}" HEAD~1')
    if is_linked:
        repository.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
        repository = Repository(tmp_path / "linked")
    repository.write("items/sub/b.md", "changed")
    repository.commit("second")
    assert told.read_text() == "b.md\n"


@pytest.mark.parametrize("words", [["-a"], ["--", "items/c.md"], ["--amend", "-a"]])
def test_a_hook_before_the_commit_sees_the_working_tree(
    repository: Repository, told: Path, words: list[str]
) -> None:
    hook(repository.path / ".git", "pre-commit", "tell items HEAD")
    repository.write("items/c.md", "changed")
    repository.git("commit", "-q", "-m", "second", *words)
    assert told.read_text() == "c.md\n"


def test_rebase_exec_and_aliases_are_no_matter(repository: Repository, told: Path) -> None:
    repository.write("items/c.md", "changed")
    repository.commit("second")
    repository.git("rebase", "-q", "--exec", "tell items HEAD~1", "HEAD~1")
    assert told.read_text() == "c.md\n"
    told.unlink()
    repository.git("-c", "alias.x=!tell items HEAD~1", "--work-tree=.", "--git-dir=.git", "x")
    assert told.read_text() == "c.md\n"


def test_items_of_another_repository_are_asked_there(
    repository: Repository, tmp_path: Path, told: Path
) -> None:
    other = Repository.create(tmp_path / "programs")
    other.write("x.py", "1")
    other.commit("first")
    hook(other.path / ".git", "post-commit", f"tell {repository.path / 'items'} HEAD~1")
    repository.write("items/c.md", "changed")
    repository.commit("second")
    other.write("x.py", "2")
    other.commit("second")
    assert told.read_text() == "c.md\n"


@pytest.mark.parametrize("is_told_of", [False, True])
def test_what_a_bare_repository_was_pushed_is_found_where_its_hook_checks_it_out(
    repository: Repository, tmp_path: Path, told: Path, *, is_told_of: bool
) -> None:
    bare, live = tmp_path / "site.git", tmp_path / "live"
    live.mkdir()
    repository.git("clone", "-q", "--bare", ".", str(bare))
    Repository(bare).git(f"--work-tree={live}", "checkout", "-f", "main")
    variable = f"GIT_WORK_TREE={live} " if is_told_of else ""
    hook(
        bare,
        "post-receive",
        f"read before after name; git --work-tree={live} checkout -qf main\n"
        f"{variable}tell {live}/items $before; true",
    )
    repository.write("items/new.md", "new")
    repository.commit("second")
    repository.git("push", "-q", str(bare), "main")
    if is_told_of:
        assert told.read_text() == "new.md\n"
    else:
        assert "set GIT_WORK_TREE to the folder" in told.read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", "/nowhere"),
        ("GIT_WORK_TREE", "/"),
        ("GIT_INDEX_FILE", "/nowhere/index"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
        ("GIT_COMMON_DIR", "/nowhere"),
        ("GIT_PREFIX", "items/"),
        ("GIT_CONFIG_PARAMETERS", "'core.worktree=/'"),
        ("GIT_CONFIG_COUNT", "no number"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_EXTERNAL_DIFF", "/nowhere/diff"),
        ("GIT_CONFIG", "/nowhere"),
    ],
)
def test_what_the_environment_says_of_a_repository_is_not_listened_to(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    repository.write("items/c.md", "changed")
    monkeypatch.setenv(name, value)
    assert names(repository) == ["items/c.md"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives folders away"
)
def test_a_repository_of_somebody_else_is_refused_unless_it_is_trusted(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for variable in ("SUDO_UID", "GIT_CONFIG_COUNT"):
        monkeypatch.delenv(variable, raising=False)
    for path in (repository.path, repository.path / ".git", repository.path / "items"):
        os.chown(path, 1234, 1234)
    with pytest.raises(RevisionError, match=r"dubious ownership(.|\n)*safe\.directory"):
        names(repository)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(repository.path))
    assert names(repository) == []


def test_a_submodule_is_looked_into(repository: Repository, tmp_path: Path) -> None:
    part = Repository.create(tmp_path / "part")
    part.write("2024/p.md", "p")
    part.write("2024/q.md", "q")
    before = part.commit("first")
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part.path))
    repository.git(*add, "items/part")
    assert names(repository) == ["items/part/2024/p.md", "items/part/2024/q.md"]
    repository.commit("with a part")
    assert names(repository) == []
    repository.git("config", "diff.ignoreSubmodules", "dirty")

    inner = Repository(repository.path / "items/part")
    inner.write("2024/q.md", "changed")
    assert names(repository) == ["items/part/2024/q.md"]
    inner.commit("second")
    repository.commit("moved on")
    assert names(repository, "HEAD~1") == ["items/part/2024/q.md"]
    assert names(repository, before, "items/part") == ["items/part/2024/q.md"]

    shallow = repository.clone(tmp_path / "shallow")
    assert names(shallow, "HEAD~1") == []  # it is not checked out there


def test_before_the_first_commit_there_is_no_revision(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "empty")
    repository.write("items/a.md", "a")
    with pytest.raises(RevisionError, match="Git knows no revision 'HEAD'"):
        names(repository)


def test_the_mode_of_a_file_and_unmerged_ones_count_as_changes(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "other")
    repository.write("items/a.md", "theirs")
    repository.commit("theirs")
    repository.git("checkout", "-q", "main")
    repository.write("items/a.md", "ours")
    repository.commit("ours")
    merge = ["git", "merge", "-q", "other"]
    subprocess.run(merge, cwd=repository.path, capture_output=True, check=False)
    assert set(names(repository)) == {"items/a.md"}
