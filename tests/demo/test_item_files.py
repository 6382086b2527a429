from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from crawler.demo.web import copy_items, load_pages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def contents(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in copy_items(tmp_path / "new" / "items")}


def items(contents: dict[str, bytes]) -> list[dict]:
    return [
        yaml.safe_load(content.decode().replace("\r\n", "\n").split("---\n")[1])
        for content in contents.values()
    ]


def test_the_items_are_copied_by_name_and_copied_anew(tmp_path: Path):
    first = copy_items(tmp_path)
    first[0].write_text("changed")
    assert copy_items(tmp_path) == first == sorted(tmp_path.iterdir())
    assert first[0].read_bytes().startswith(b"---")
    assert len(first) == 6


def test_one_item_has_crlf_line_ends_and_only_those(contents):
    (crlf,) = [content for content in contents.values() if b"\r" in content]
    assert crlf.count(b"\r\n") == crlf.count(b"\n") == crlf.count(b"\r")


def test_one_item_has_a_body_of_its_own(contents):
    bodies = [content.decode().split("---")[-1].strip() for content in contents.values()]
    assert len([body for body in bodies if body]) == 1


def test_every_link_of_an_item_is_a_page_of_the_bundled_web(contents):
    pages = load_pages()
    for item in items(contents):
        for source in (item, *item.get("related", [])):
            for field in ("originalUrl", "webUrl", "ampWebUrl"):
                if field in source:
                    assert source[field].removeprefix("http://") in pages


def test_two_items_share_a_related_link_and_one_links_to_another_item(contents):
    originals = {item["originalUrl"] for item in items(contents)}
    related = [entry["webUrl"] for item in items(contents) for entry in item["related"]]
    assert [url for url in set(related) if related.count(url) > 1] == [
        "http://news.fieldnotes.example/gardens/seed-library-returns.html"
    ]
    assert originals & set(related) == {
        "http://news.fieldnotes.example/schools/bicycle-wheel-tide-gauge.html"
    }


def test_there_is_a_video_and_every_item_is_secured(contents):
    assert [item["type"] for item in items(contents)].count("video") == 1
    assert all(item["secured"] for item in items(contents))
