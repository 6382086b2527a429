from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crawler.exceptions import ItemError
from crawler.items.create import add_item
from crawler.items.find import PlaceError, item_place

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"""---
title: "Br\xc3\xbccken & Wege: was bleibt?"
publishedDateTime: 2024-05-14T23:30:00-02:00
originalUrl: https://news.example/bridges-stay
---
"""


@pytest.fixture
def items(tmp_path: Path) -> Path:
    (tmp_path / "items/sub").mkdir(parents=True)
    (tmp_path / "items/linked").symlink_to(tmp_path, target_is_directory=True)
    return tmp_path / "items"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_a_new_item_has_its_name_from_its_date_and_title(items: Path) -> None:
    path, item, is_new = add_item(items, TEXT)
    assert path == items / "2024-05-15-brucken-wege-was-bleibt.md"
    assert is_new
    assert item.source.urls == ("https://news.example/bridges-stay",)
    assert path.read_bytes() == TEXT
    assert names(items) == [path.name]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"2024-05-14T23:30:00-02:00", b"2024-05-14", "2024-05-14-brucken-wege-was-bleibt.md"),
        (b"2024-05-14T23:30:00-02:00", b'"2024-05-14"', "2024-05-14-brucken-wege-was-bleibt.md"),
        (b"Br\xc3\xbccken & Wege: was bleibt?", "日本 2024".encode(), "2024-05-15-bridges-stay.md"),
        (b"Br\xc3\xbccken & Wege: was bleibt?", b"../../x", "2024-05-15-x.md"),
    ],
)
def test_a_name_is_made_of_what_there_is(items: Path, old: bytes, new: bytes, name: str) -> None:
    assert add_item(items, TEXT.replace(old, new))[0] == items / name


def test_without_a_date_the_name_has_todays(items: Path) -> None:
    text = TEXT.replace(b"publishedDateTime", b"otherDateTime")
    name = add_item(items, text)[0].name
    assert name.startswith("20")
    assert name.endswith("-brucken-wege-was-bleibt.md")


def test_the_same_text_again_is_no_news(items: Path) -> None:
    path, _, _ = add_item(items, TEXT, "sub/deep/a.md")
    assert path == items / "sub/deep/a.md"
    assert add_item(items, TEXT, "sub/deep/a.md")[::2] == (path, False)


def test_an_item_is_never_written_over(items: Path) -> None:
    path, _, _ = add_item(items, TEXT, "a.md")
    with pytest.raises(FileExistsError):
        add_item(items, TEXT + b"more", "a.md")
    (items / "dangling.md").symlink_to(items.parent / "outside.md")
    with pytest.raises(FileExistsError):
        add_item(items, TEXT, "dangling.md")
    assert path.read_bytes() == TEXT
    assert not (items.parent / "outside.md").exists()
    assert names(items) == ["a.md"]


def test_a_text_that_is_no_item_is_not_written(items: Path) -> None:
    with pytest.raises(ItemError, match=r"a\.md:3"):
        add_item(items, b"---\ntitle: [\n---\n", "a.md")
    assert names(items) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/a.md",
        "../a.md",
        "sub/../../a.md",
        "sub/./a.md",
        "sub//a.md",
        ".a.md",
        ".git/a.md",
        "a.txt",
        "md",
        "a\0.md",
        "a\n.md",
        "..\\a.md",
        "linked/a.md",
        "\udcff.md",
        "x" * 300 + ".md",
        "/".join("x" * 30) + "/a.md",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(items: Path, name: str) -> None:
    before = sorted(os.walk(items.parent))
    with pytest.raises(PlaceError):
        add_item(items, TEXT, name)
    assert sorted(os.walk(items.parent)) == before


def test_a_place_is_below_the_folder(items: Path) -> None:
    assert item_place(items, "new/größe 1.md") == items / "new/größe 1.md"
