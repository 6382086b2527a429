from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from crawler.items.enrichment import ENRICHMENT_KEY
from crawler.output.layout import Layout
from tests.web.replayed_web import CORPUS, needs_corpus, replayed_web

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
GONE = "http://gone.example/a"


@pytest.fixture
def enriched(
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> dict[Path, bytes]:
    """Two items that a run has enriched in place, and their bytes before it."""
    items = tmp_path / "items"
    web.page(NEWS, article_html())
    files = [
        write_item(items, "bridge", original_url=NEWS, body="Mine.", crlf=True),
        write_item(items, "sub/gone", original_url=GONE, related=[NEWS]),
    ]
    before = {file: file.read_bytes() for file in files}
    run_crawler("run", items, "-o", tmp_path / "output", "--in-place", web=web)
    assert all(file.read_bytes() != before[file] for file in files)
    return before


def test_items_that_a_run_enriched_come_back_byte_for_byte(
    command: Callable[..., Outcome], tmp_path: Path, enriched: dict[Path, bytes]
) -> None:
    words = ("strip", tmp_path / "items", "-o", tmp_path / "output")
    after_run = {file: file.read_bytes() for file in enriched}
    dry = command(*words, "--json")
    assert dry.code == 0
    assert {file: file.read_bytes() for file in enriched} == after_run
    taken = {str(file): len(after_run[file]) - len(enriched[file]) for file in enriched}
    assert dry.json == {
        "written": False,
        "plain": 0,
        "bytes": sum(taken.values()),
        "stripped": [
            {"file": file, "bytes": size, "hasTextBelow": False} for file, size in taken.items()
        ],
        "left": [],
        "invalid": [],
    }
    done = command(*words, "--write", "--json")
    assert done.json == dry.json | {"written": True}
    assert {file: file.read_bytes() for file in enriched} == enriched
    last = command(*words, "--write").stdout
    assert last == "0 items, 0 bytes stripped; 2 have nothing of ours, 0 left, 0 invalid\n"


def test_a_run_in_place_after_it_asks_for_nothing_and_puts_the_same_back(
    command: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    enriched: dict[Path, bytes],
) -> None:
    words = (tmp_path / "items", "-o", tmp_path / "output")
    after_run = {file: file.read_bytes() for file in enriched}
    assert command("strip", *words, "--write").code == 0
    web.forget()
    run_crawler("run", *words, "--in-place", web=web)
    assert web.requests == []
    assert {file: file.read_bytes() for file in enriched} == after_run


def test_only_those_that_are_chosen_are_stripped_and_what_is_left_ends_with_1_or_3(
    command: Callable[..., Outcome], tmp_path: Path, enriched: dict[Path, bytes]
) -> None:
    bridge, gone = enriched
    words = ("strip", tmp_path / "items", "-o", tmp_path / "output", "--write")
    edited = gone.read_bytes().replace(b'state: "not-found"', b'state: "ok"', 1)
    gone.write_bytes(edited)
    assert command(*words, "--only", "bridge*").code == 0
    assert bridge.read_bytes() == enriched[bridge]
    left = command(*words)
    assert left.code == 1
    line = edited[: edited.index(f"\n{ENRICHMENT_KEY}:".encode())].count(b"\n") + 2
    assert left.stderr.startswith(f"{gone}:{line}: was edited within what is written")
    bridge.write_bytes(b"no front matter\n")
    assert command(*words).code == 3
    assert command(*words, "--overwrite-edited").code == 3
    assert gone.read_bytes() == enriched[gone]


def test_it_does_not_write_while_a_run_does(
    command: Callable[..., Outcome], tmp_path: Path, enriched: dict[Path, bytes]
) -> None:
    output = tmp_path / "output"
    after_run = {file: file.read_bytes() for file in enriched}
    with FileLock(Layout(output).lock):
        busy = command("strip", tmp_path / "items", "-o", output, "--write")
        assert command("strip", tmp_path / "items", "-o", output).code == 0
    assert busy.code == 2
    assert "another run is writing to" in busy.stderr
    assert {file: file.read_bytes() for file in enriched} == after_run


def test_it_is_not_for_the_files_of_an_output_folder_and_makes_none(
    command: Callable[..., Outcome], tmp_path: Path, enriched: dict[Path, bytes]
) -> None:
    output = tmp_path / "output"
    assert command("strip", output / "sources", "-o", output, "--write").code == 2
    assert command("strip", tmp_path / "items", "-o", tmp_path / "none", "--write").code == 0
    assert not (tmp_path / "none").exists()
    assert {file: file.read_bytes() for file in enriched} == enriched


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_items_of_the_corpus_come_back_byte_for_byte(
    command: Callable[..., Outcome], run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    items.mkdir()
    for path in (CORPUS / "items").rglob("*.md"):  # as files of ours: they may be read-only there
        shutil.copyfile(path, items / path.name)
    before = {path: path.read_bytes() for path in items.iterdir()}
    settings = {"CRAWLER_CONTACT": "https://crawler.example/"}
    words = (items, "-o", output, "--in-place")
    with replayed_web(tmp_path) as web:
        run_crawler("run", *words, web=web, settings=settings, seconds=500)
    assert all(path.read_bytes() != data for path, data in before.items())
    outcome = command("strip", items, "-o", output, "--write", "--json")
    assert outcome.code == 0
    assert len(outcome.json["stripped"]) == len(before)
    assert {path: path.read_bytes() for path in items.iterdir()} == before
