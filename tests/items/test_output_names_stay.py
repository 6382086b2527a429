"""Which output an item has does not depend on how, where and in which order it is named."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.items.intake import Intake, IntakeCount
from crawler.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable

NEWS, OTHER = "https://news.example/bridge", "https://other.example/market"


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., tuple[IntakeCount, dict[str, str]]]:
    """Take items into the one ledger of the test; tell the outputs and their origins."""

    def run(*paths: Path, has_files: bool = False) -> tuple[IntakeCount, dict[str, str]]:
        ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
        try:
            intake = Intake(
                ledger,
                base=tmp_path / "output",
                has_files=has_files,
                on_problem=lambda _: None,
                should_stop=lambda: False,
            )
            count = intake.take(paths, exclude=None)
            return count, {item.output: item.origin for item in ledger.waiting_for_nothing()}
        finally:
            ledger.close()

    return run


@pytest.fixture
def two(tmp_path: Path, write_item: Callable[..., Path]) -> tuple[Path, Path]:
    """Two folders, each with an item `a`."""
    write_item(tmp_path / "one", "a", original_url=NEWS)
    write_item(tmp_path / "two", "a", original_url=OTHER)
    return tmp_path / "one", tmp_path / "two"


def test_another_spelling_of_a_path(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    tmp_path: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(tmp_path / "items", "a", original_url=NEWS)
    (tmp_path / "sub").mkdir()
    _, first = take(tmp_path / "items")
    write_item(tmp_path / "items", "a", original_url=NEWS, title="changed")
    assert take(tmp_path / "sub" / ".." / "items")[1] == first


def test_relative_and_absolute_paths(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    tmp_path: Path,
    two: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, first = take(*two)
    assert len(first) == 2
    monkeypatch.chdir(tmp_path)
    assert take(Path("one"), Path("two"))[1] == first


def test_items_of_one_content_in_any_order(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    two: tuple[Path, Path],
    write_item: Callable[..., Path],
) -> None:
    one, other = two
    write_item(other, "a", original_url=NEWS)
    _, first = take(one, other)
    assert take(other, one)[1] == first


def test_an_item_with_a_marked_output_is_not_read_again_either(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]], two: tuple[Path, Path]
) -> None:
    take(*two)
    item = two[1] / "a.md"
    stat = item.stat()
    item.write_bytes(b"x" * stat.st_size)
    os.utime(item, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    count, _ = take(*two)
    assert (count.items, count.invalid) == (2, 0)


def test_an_item_whose_namesake_has_gone(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]], two: tuple[Path, Path]
) -> None:
    _, first = take(*two)
    (two[0] / "a.md").unlink()
    assert take(*two)[1].items() <= first.items()


def test_an_item_that_is_called_like_the_marked_output_of_another(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    two: tuple[Path, Path],
    write_item: Callable[..., Path],
) -> None:
    mark = hashlib.sha256(b"../two/a.md").hexdigest()[:8]
    squatter = write_item(two[0], f"a-{mark}", original_url="https://third.example/x")
    _, outputs = take(*two)
    assert len(outputs) == 3
    assert sorted(outputs.values()) == sorted(
        map(str, (two[0] / "a.md", squatter, two[1] / "a.md"))
    )
    assert take(*two)[1] == outputs


@pytest.fixture
def repository(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    """A folder whose items lie below `_news`."""
    write_item(tmp_path / "site/_news/2024", "a", original_url=NEWS)
    write_item(tmp_path / "site/_news", "b", original_url=OTHER)
    return tmp_path / "site"


WAYS = [("_news", "."), (".", "_news"), ("_news", "_news/2024"), ("_news/2024", ".")]


@pytest.mark.parametrize(("before", "now"), WAYS)
def test_an_item_keeps_its_output_by_whatever_path_it_is_named(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    repository: Path,
    write_item: Callable[..., Path],
    before: str,
    now: str,
) -> None:
    _, first = take(repository / before)
    own = {origin: output for output, origin in first.items()}
    count, then = take(repository / now)
    assert {own.get(origin, output) for output, origin in then.items()} == then.keys()
    write_item(repository / "_news/2024", "a", original_url=NEWS, title="changed")
    count, again = take(repository / now)
    assert again == then
    assert count.changed == 1


@pytest.mark.parametrize(("before", "now"), WAYS)
def test_nor_is_it_written_twice_where_the_ledger_was_lost(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]],
    repository: Path,
    tmp_path: Path,
    before: str,
    now: str,
) -> None:
    _, first = take(repository / before)
    for output, origin in first.items():
        file = tmp_path / "output/items" / output
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(Path(origin).read_bytes())
    for file in tmp_path.glob("ledger*"):
        file.unlink()
    _, then = take(repository / now, has_files=True)
    own = {origin: output for output, origin in first.items()}
    assert {own.get(origin, output) for output, origin in then.items()} == then.keys()


def test_an_item_that_is_gone_is_forgotten_by_whatever_path_it_was_found(
    take: Callable[..., tuple[IntakeCount, dict[str, str]]], repository: Path, tmp_path: Path
) -> None:
    take(repository / "_news")
    (repository / "_news/b.md").unlink()
    (tmp_path / "site-2").mkdir()
    take(tmp_path / "site-2")
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    assert ledger.item("b.md") is not None
    ledger.close()
    take(repository)
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    assert ledger.item("b.md") is None
    assert ledger.item("2024/a.md") is not None
    ledger.close()
