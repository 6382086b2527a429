from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from crawler.output.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS, OLD = "http://news.example/bridge", "http://old.example/ferry"
SHARED, LONELY = "http://other.example/market", "http://lonely.example/harbour"
JPEG = b"\xff\xd8\xff a picture"


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return tmp_path / "items"


@pytest.fixture
def output(
    tmp_path: Path,
    items: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> Path:
    """What a crawl of two items has made, of which one and its own related source go then."""
    for number, url in enumerate((NEWS, OLD, SHARED, LONELY)):
        web.page(url, article_html(title=f"A title of its own, number {number}"))
    write_item(items, "bridge", original_url=NEWS, related=[SHARED])
    write_item(items, "sub/ferry", original_url=OLD, related=[SHARED, LONELY])
    folder = tmp_path / "output"
    assert run_crawler("run", items, "-o", folder, web=web).code == 0
    return folder


@pytest.fixture
def clean(command: Callable[..., Outcome], items: Path, output: Path) -> Callable[..., Outcome]:
    return lambda *words: command("clean", items, "-o", output, "--json", *words)


def files(output: Path) -> set[str]:
    return {
        path.relative_to(output).as_posix()
        for folder in ("items", "sources", "images")
        for path in (output / folder).rglob("*")
        if not path.is_dir()
    }


def lonely(output: Path) -> str:
    return next(name for name in files(output) if name.startswith("sources/lonely.example/"))


def put_image(output: Path, data: bytes = JPEG, name: str | None = None) -> str:
    digest = hashlib.sha256(data).hexdigest()[:40]
    path = output / (name or f"images/{digest[:2]}/{digest}.jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.relative_to(output).as_posix()


def test_nothing_is_removed_while_all_items_are_there(
    clean: Callable[..., Outcome], output: Path
) -> None:
    before = files(output)
    assert len(before) == 4
    outcome = clean("--write")
    assert (outcome.code, outcome.json["removed"], outcome.json["left"]) == (0, [], [])
    assert files(output) == before


def test_items_of_folders_that_are_not_named_now_are_needed_as_well(
    command: Callable[..., Outcome], items: Path, output: Path
) -> None:
    before = files(output)
    outcome = command("clean", items / "sub", "-o", output, "--write", "--json")
    assert (outcome.code, outcome.json["removed"]) == (0, [])
    assert files(output) == before


def test_the_files_of_an_item_that_is_gone_go_with_what_only_it_named(
    clean: Callable[..., Outcome], items: Path, output: Path
) -> None:
    before = files(output)
    stale = {"items/sub/ferry.md", lonely(output), put_image(output)}
    sizes = {name: (output / name).stat().st_size for name in stale}
    (items / "sub" / "ferry.md").unlink()
    dry = clean()
    assert dry.code == 0
    assert {one["file"]: one["bytes"] for one in dry.json["removed"]} == sizes
    assert {kind: dry.json[kind]["files"] for kind in ("items", "sources", "images")} == {
        "items": 1,
        "sources": 1,
        "images": 1,
    }
    assert dry.json["sources"]["bytes"] == sizes[lonely(output)]
    assert files(output) == before | stale
    done = clean("--write")
    assert done.json == dry.json | {"written": True}
    assert files(output) == before - stale
    assert not (output / "items" / "sub").exists()
    assert clean("--write").json["removed"] == []


def test_the_next_run_asks_for_nothing_and_an_item_that_comes_back_has_its_article(
    clean: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
) -> None:
    ferry = items / "sub" / "ferry.md"
    text, before = ferry.read_bytes(), {n: (output / n).read_bytes() for n in files(output)}
    ferry.unlink()
    clean("--write")
    web.forget()
    run_crawler("run", items, "-o", output, web=web)
    assert "items/sub/ferry.md" not in files(output)
    ferry.parent.mkdir(exist_ok=True)
    ferry.write_bytes(text)
    run_crawler("run", items, "-o", output, web=web)
    assert web.requests == []
    assert {n: (output / n).read_bytes() for n in files(output)} == before


def test_a_renamed_item_leaves_one_file(
    clean: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
) -> None:
    (items / "bridge.md").rename(items / "footbridge.md")
    run_crawler("run", items, "-o", output, web=web)
    removed = clean("--write").json["removed"]
    assert [one["file"] for one in removed] == ["items/bridge.md"]
    assert "items/footbridge.md" in files(output)


def test_what_an_item_names_that_no_run_has_written_yet_stays(
    clean: Callable[..., Outcome], items: Path, output: Path, write_item: Callable[..., Path]
) -> None:
    (items / "sub" / "ferry.md").unlink()
    write_item(items, "new", original_url="http://new.example/a", related=[LONELY])
    removed = clean("--write").json["removed"]
    assert [one["file"] for one in removed] == ["items/sub/ferry.md"]
    assert lonely(output) in files(output)


def test_an_item_that_has_become_invalid_keeps_its_files(
    clean: Callable[..., Outcome], items: Path, output: Path
) -> None:
    before = files(output)
    (items / "sub" / "ferry.md").write_text("no front matter\n")
    outcome = clean("--write")
    assert (outcome.code, outcome.json["removed"]) == (3, [])
    assert files(output) == before


def test_edited_files_and_strangers_files_stay_and_are_told(
    clean: Callable[..., Outcome], items: Path, output: Path
) -> None:
    (items / "sub" / "ferry.md").unlink()
    enriched = output / "items" / "sub" / "ferry.md"
    enriched.write_text(enriched.read_text() + "A remark of mine.\n")
    strange = put_image(output, b"not what its name says", f"images/ab/ab{'0' * 38}.jpg")
    mine = put_image(output, b"mine", "images/logo.png")
    (output / "sources" / "notes.md").write_text("My notes.\n")
    before = files(output)
    outcome = clean("--write")
    assert outcome.code == 1
    assert outcome.json["removed"] == []  # what the remark's file names stays with it
    left = {one["file"].removeprefix(f"{output}{os.sep}") for one in outcome.json["left"]}
    assert left == {"items/sub/ferry.md", strange, mine, "sources/notes.md"}
    assert files(output) == before


@pytest.mark.skipif(os.name != "posix", reason="needs symlinks")
def test_links_are_neither_followed_nor_removed(
    clean: Callable[..., Outcome], items: Path, output: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (items / "sub" / "ferry.md").unlink()
    (output / "items" / "sub").rename(elsewhere)
    (output / "items" / "sub").symlink_to(elsewhere)
    outside = elsewhere / "ferry.md"
    (output / "items" / "link.md").symlink_to(outside)
    outcome = clean("--write")
    assert outside.is_file()
    assert (output / "items" / "link.md").is_symlink()
    assert [one["file"] for one in outcome.json["left"]] == [str(output / "items" / "link.md")]


def test_it_refuses_where_it_does_not_see_all_items_or_a_run_is_writing(
    command: Callable[..., Outcome],
    clean: Callable[..., Outcome],
    items: Path,
    output: Path,
    tmp_path: Path,
) -> None:
    before = files(output)
    with FileLock(Layout(output).lock):
        assert "another run is writing to" in clean("--write").stderr
    for file in items.rglob("*.md"):
        file.rename(tmp_path / file.name)
    nothing = clean("--write")
    assert nothing.code == 2
    assert "there are no items below ITEMS" in nothing.stderr
    Layout(output).ledger.unlink()
    assert "has no ledger" in clean("--write").stderr
    assert command("clean", items / "none", "-o", output, "--write").code == 2
    assert files(output) == before


def test_in_place_the_items_themselves_say_what_is_needed(
    command: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    for number, url in enumerate((NEWS, OLD, SHARED, LONELY)):
        web.page(url, article_html(title=f"A title of its own, number {number}"))
    bridge = write_item(items, "bridge", original_url=NEWS, related=[SHARED])
    write_item(items, "ferry", original_url=OLD, related=[LONELY])
    words = (items, "-o", output, "--in-place")
    assert run_crawler("run", *words, web=web).code == 0
    enriched = bridge.read_bytes()
    assert command("clean", *words, "--write", "--json").json["removed"] == []
    (items / "ferry.md").unlink()
    stale = lonely(output)
    removed = command("clean", *words, "--write", "--json").json["removed"]
    assert [one["file"] for one in removed] == [stale]
    assert bridge.read_bytes() == enriched
    assert len(files(output)) == 1
