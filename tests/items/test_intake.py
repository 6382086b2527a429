from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crawler.items.find import ItemsNotFoundError
from crawler.items.intake import Intake, IntakeCount
from crawler.ledger.records import Mention
from crawler.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NEWS = "https://news.example/bridge"
OTHER = "https://other.example/market"


class Takings:
    """What one intake brought."""

    def __init__(self, ledger: SqliteLedger, count: IntakeCount, problems: list[str]) -> None:
        self.count = (count.items, count.changed, count.invalid)
        self.problems = problems
        self.selected = {item.output: item.origin for item in ledger.waiting_for_nothing()}


@pytest.fixture
def open_ledger(tmp_path: Path) -> Iterator[Callable[[], SqliteLedger]]:
    """Open the one ledger of the test anew, as each run does."""
    opened: list[SqliteLedger] = []

    def reopen() -> SqliteLedger:
        if opened:
            opened.pop().close()
        opened.append(SqliteLedger(tmp_path / "ledger.sqlite3"))
        return opened[0]

    yield reopen
    opened[0].close()


@pytest.fixture
def take(open_ledger: Callable[[], SqliteLedger], tmp_path: Path) -> Callable[..., Takings]:
    def run(
        *paths: Path,
        only: tuple[str, ...] = (),
        files: list[Path] | None = None,
        stop: bool = False,
    ) -> Takings:
        ledger, problems = open_ledger(), list[str]()
        intake = Intake(
            ledger,
            base=tmp_path / "output",
            only=only,
            on_problem=lambda problem: problems.append(str(problem)),
            should_stop=lambda: stop,
        )
        return Takings(ledger, intake.take(paths, exclude=None, files=files), problems)

    return run


@pytest.fixture
def mentions(open_ledger: Callable[[], SqliteLedger]) -> Callable[[str], tuple[Mention, ...]]:
    def of(output: str) -> tuple[Mention, ...]:
        item = open_ledger().item(output)
        assert item is not None
        return item.mentions

    return of


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return tmp_path / "items"


def spoil_unseen(path: Path) -> None:
    """Make an item invalid, with the size and the time that it had."""
    stat = path.stat()
    path.write_bytes(b"x" * stat.st_size)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def touch(path: Path) -> None:
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000_000))


def test_a_new_item_is_selected_with_the_sources_it_names(
    take: Callable[..., Takings],
    mentions: Callable[[str], tuple[Mention, ...]],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    path = write_item(items, "2024/Bridge", original_url=NEWS, related=[OTHER])
    taken = take(items)
    assert taken.count == (1, 1, 0)
    ((output, origin),) = taken.selected.items()
    assert output.startswith("2024/bridge-")
    assert origin == str(path)
    assert mentions(output) == (
        Mention(-1, "news.example/bridge", NEWS, "article", "2024-05-14T06:30:00Z"),
        Mention(0, "other.example/market", OTHER, "article", "2024-05-14T06:30:00Z"),
    )


def test_an_unchanged_file_is_selected_but_not_read_again(
    take: Callable[..., Takings], items: Path, write_item: Callable[..., Path]
) -> None:
    path = write_item(items, "a", original_url=NEWS)
    take(items)
    spoil_unseen(path)
    taken = take(items)
    assert taken.count == (1, 0, 0)
    assert list(taken.selected) == ["a.md"]
    touch(path)
    assert take(items).count == (0, 0, 1)


def test_a_file_that_was_only_touched_is_no_change(
    take: Callable[..., Takings], items: Path, write_item: Callable[..., Path]
) -> None:
    path = write_item(items, "a", original_url=NEWS)
    take(items)
    touch(path)
    assert take(items).count == (1, 0, 0)
    spoil_unseen(path)  # the new time is known now
    assert take(items).count == (1, 0, 0)


def test_a_changed_file_is_read_again(
    take: Callable[..., Takings],
    mentions: Callable[[str], tuple[Mention, ...]],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    take(items)
    write_item(items, "a", original_url=NEWS, related=[f"{OTHER}/hall"])
    assert take(items).count == (1, 1, 0)
    assert [mention.web_url for mention in mentions("a.md")] == [NEWS, f"{OTHER}/hall"]


@pytest.mark.parametrize("volatile", [{"secured": "AA=="}, {"heat": 99}, {"quality": 1}])
def test_a_change_of_what_says_nothing_of_the_news_keeps_the_mentions(
    take: Callable[..., Takings],
    mentions: Callable[[str], tuple[Mention, ...]],
    open_ledger: Callable[[], SqliteLedger],
    items: Path,
    write_item: Callable[..., Path],
    volatile: dict[str, object],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    take(items)
    before, item = mentions("a.md"), open_ledger().item("a.md")
    path = write_item(items, "a", original_url=NEWS, related=[OTHER], **volatile)
    touch(path)
    assert take(items).count == (1, 1, 0)
    after = open_ledger().item("a.md")
    assert mentions("a.md") == before
    assert item is not None
    assert after is not None
    assert after.facts == item.facts
    assert after.digest != item.digest


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (("a.md",), ["a.md", "sub/a.md"]),
        (("sub/*",), ["sub/a.md", "sub/b.md"]),
        (("b.md", "*/b.*"), ["b.md", "sub/b.md"]),
        (("A.MD",), []),
    ],
)
def test_only_items_like_a_glob_are_taken(
    take: Callable[..., Takings],
    items: Path,
    write_item: Callable[..., Path],
    globs: tuple[str, ...],
    expected: list[str],
) -> None:
    for name in ("a", "b", "sub/a", "sub/b"):
        write_item(items, name, original_url=NEWS)
    taken = take(items, only=globs)
    assert sorted(taken.selected) == expected
    assert taken.count == (len(expected), len(expected), 0)


def test_only_files_that_are_named_are_taken_under_the_names_they_have_in_their_folder(
    take: Callable[..., Takings], tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    folder = tmp_path / "items"
    first = write_item(folder, "sub/a", original_url=NEWS)
    second = write_item(folder, "sub/b", original_url=OTHER)
    assert take(folder, files=[second]).selected == {"sub/b.md": str(second)}
    assert take(folder, files=[]).count == (0, 0, 0)
    assert take(folder).count == (2, 1, 0)
    assert take(folder, files=[first, second]).count == (2, 0, 0)


def test_a_named_file_that_is_gone_is_forgotten_and_others_stay_known(
    take: Callable[..., Takings],
    open_ledger: Callable[[], SqliteLedger],
    tmp_path: Path,
    write_item: Callable[..., Path],
) -> None:
    folder = tmp_path / "items"
    gone, kept = (write_item(folder, name, original_url=NEWS) for name in ("gone", "kept"))
    take(folder)
    gone.unlink()
    assert take(folder, files=[kept]).count == (1, 0, 0)
    assert open_ledger().item("gone.md") is not None
    take(folder, files=[gone])
    assert open_ledger().item("gone.md") is None
    assert open_ledger().item("kept.md") is not None


def test_many_unchanged_files_are_not_read_again(
    take: Callable[..., Takings],
    tmp_path: Path,
    write_item: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "items"
    names = ["a", "Ä", "A b", "sub/a", "x" * 120]
    for name in names:
        write_item(folder, name, original_url=NEWS)
    first = take(folder)
    monkeypatch.setattr("crawler.items.intake.read_item", None)
    assert take(folder).selected == first.selected
    assert take(folder).count == (len(names), 0, 0)


def test_an_invalid_item_is_reported_and_stops_no_other(
    take: Callable[..., Takings], items: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "b", original_url=NEWS)
    bad = items / "a.md"
    bad.write_text("---\ntitle: a\noriginalUrl: /relative\n---\n")
    lost = items / "c.md"
    lost.symlink_to(items / "nowhere.md")
    taken = take(items)
    assert taken.count == (1, 1, 2)
    assert list(taken.selected) == ["b.md"]
    first, second = taken.problems
    assert first.startswith(f"{bad}:3: originalUrl ")
    assert second.startswith(f"{lost}:1: cannot be read: ")


def test_an_item_that_became_invalid_keeps_what_is_known_of_it(
    take: Callable[..., Takings],
    open_ledger: Callable[[], SqliteLedger],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    path = write_item(items, "a", original_url=NEWS, related=[OTHER])
    take(items)
    before = open_ledger().item("a.md")
    path.write_text("no item any more")
    taken = take(items)
    assert taken.count == (0, 0, 1)
    assert taken.selected == {}
    assert open_ledger().item("a.md") == before


def test_items_of_two_folders_with_one_name_get_outputs_that_stay_theirs(
    take: Callable[..., Takings], tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_item(one, "a", original_url=NEWS)
    changing = write_item(two, "a", original_url=OTHER)
    first = take(one, two).selected
    assert len(first) == 2
    assert first["a.md"] == str(one / "a.md")
    assert take(two, one).selected == first
    assert take(one).selected == {"a.md": str(one / "a.md")}
    write_item(two, "a", original_url=f"{OTHER}/hall")
    assert set(take(two).selected.items()) == set(first.items()) - {("a.md", str(one / "a.md"))}
    assert str(changing) in first.values()
    assert take(two, one).selected == first


def test_a_moved_folder_keeps_its_outputs(
    take: Callable[..., Takings], tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    write_item(tmp_path / "before", "a", original_url=NEWS)
    write_item(tmp_path / "before", "sub/b", original_url=OTHER)
    take(tmp_path / "before")
    after = (tmp_path / "before").rename(tmp_path / "after")
    write_item(after, "a", original_url=NEWS, title="Changed on the way")
    taken = take(after)
    assert taken.count == (2, 1, 0)
    assert taken.selected == {"a.md": str(after / "a.md"), "sub/b.md": str(after / "sub/b.md")}


def test_the_warnings_of_an_unchanged_item_are_reported_again(
    take: Callable[..., Takings], items: Path, write_item: Callable[..., Path]
) -> None:
    path = write_item(items, "a", original_url=NEWS, related=[OTHER, {"title": "no address"}])
    first = take(items)
    assert first.count == (1, 1, 0)
    (warning,) = first.problems
    assert warning.startswith(f"{path}:")
    assert warning.endswith("related[1].webUrl is missing")
    again = take(items)
    assert again.count == (1, 0, 0)
    assert again.problems == [warning]


def test_an_intake_that_is_told_to_stop_ends_early(
    take: Callable[..., Takings],
    open_ledger: Callable[[], SqliteLedger],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    for number in range(501):
        write_item(items, f"{number:03}", original_url=f"{NEWS}/{number}")
    assert take(items, stop=True).count == (0, 0, 0)
    asked, problems = iter([False, True]), list[object]()
    intake = Intake(
        open_ledger(),
        base=items.parent,
        on_problem=problems.append,
        should_stop=lambda: next(asked),
    )
    assert intake.take([items], exclude=None).items == 500
    assert problems == []
    assert open_ledger().item("499.md") is not None  # what was taken is durable
    assert take(items).count == (501, 1, 0)


def test_all_addresses_of_an_item_are_one_source_and_amp_pages_are_its_last(
    take: Callable[..., Takings],
    open_ledger: Callable[[], SqliteLedger],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(
        items,
        "a",
        original_url=f"{NEWS}?utm_source=feed",
        webUrl="https://m.news.example/bridge",
        ampWebUrl="https://news.example/amp/bridge",
        cdnAmpWebUrl="https://news-example.cdn.ampproject.org/c/s/news.example/amp/bridge",
        related=[{"webUrl": OTHER, "ampWebUrl": f"{OTHER}/amp", "type": "video"}],
    )
    take(items)
    ledger = open_ledger()
    own, related = (ledger.source_of_url(url) for url in (NEWS, f"{OTHER}/amp"))
    assert own is not None
    assert own.urls == (
        NEWS,
        "https://m.news.example/bridge",
        "https://news.example/amp/bridge",
    )
    assert own.amp_from == 2
    assert own.wants_body
    assert related is not None
    assert related.urls == (OTHER, f"{OTHER}/amp")
    assert not related.wants_body


def test_a_missing_path_is_an_error_before_anything_is_taken(
    take: Callable[..., Takings],
    open_ledger: Callable[[], SqliteLedger],
    items: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    with pytest.raises(ItemsNotFoundError, match="nowhere"):
        take(items, items / "nowhere")
    assert open_ledger().item("a.md") is None
