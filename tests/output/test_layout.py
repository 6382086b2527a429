from __future__ import annotations

from pathlib import Path

from crawler.ledger.records import FileStamp, ItemRecord
from crawler.output.layout import Layout, Target

OUTPUT = Path("out")
ITEM = ItemRecord(
    output="some-folder-12345678/bridge.md",
    origin="/news/Some Folder/bridge.md",
    root="/news",
    stamp=FileStamp(1, 2),
    digest="d",
    facts="f",
)


def test_everything_lies_below_the_output_folder() -> None:
    layout = Layout(OUTPUT)
    assert layout.items == OUTPUT / "items"
    assert layout.sources == OUTPUT / "sources"
    assert layout.ledger == OUTPUT / ".crawler" / "ledger.sqlite3"
    assert layout.lock == OUTPUT / ".crawler" / "lock"


def test_an_item_goes_below_items_by_its_safe_name() -> None:
    name = "items/some-folder-12345678/bridge.md"
    assert Layout(OUTPUT).item(ITEM) == Target(OUTPUT / name, OUTPUT, name)
    assert Layout(OUTPUT).text_of_item(ITEM) == name


def test_in_place_an_item_stays_where_it_is_and_may_not_leave_its_folder() -> None:
    layout = Layout(OUTPUT, in_place=True)
    assert layout.item(ITEM) == Target(Path(ITEM.origin), Path("/news"), ITEM.origin)
    assert layout.text_of_item(ITEM) == "Some Folder/bridge.md"


def test_a_source_goes_below_sources_by_site_also_in_place() -> None:
    target = Layout(OUTPUT).source("amp.news.example/2024/the-bridge?page=2")
    assert target.name.startswith("sources/news.example/the-bridge-")
    assert target.path == OUTPUT / target.name
    assert target.root == OUTPUT
    assert Layout(OUTPUT, in_place=True).source("amp.news.example/2024/the-bridge?page=2") == target


def test_sources_with_one_slug_have_files_of_their_own() -> None:
    layout = Layout(OUTPUT)
    assert layout.source("news.example/a/bridge") != layout.source("news.example/b/bridge")
