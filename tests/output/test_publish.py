"""Publishing from a real ledger into a real folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler.extraction.article import Article
from crawler.items.enrichment import remove_added_parts
from crawler.items.intake import Intake
from crawler.ledger.records import Attempt, ItemRecord, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.output.enriched import Additions
from crawler.output.layout import Layout
from crawler.output.publish import PublishCount, Publisher
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NEWS = "https://news.example/bridge"
OTHER = "https://other.example/market"


class Room:
    """Items, a ledger and an output folder, and what publishing into it counted."""

    def __init__(self, folder: Path) -> None:
        self.items = folder / "items"
        self.output = folder / "output"
        self.ledger = SqliteLedger(folder / "ledger.sqlite3")
        self.problems: list[str] = []

    def take(self) -> None:
        problems: list[object] = []
        intake = Intake(
            self.ledger,
            base=self.items.parent,
            on_problem=problems.append,
            should_stop=lambda: False,
        )
        intake.take([self.items], exclude=None)
        assert problems == []

    def store_visit(
        self, url: str, state: State = State.OK, text: str = "It stays open.", **known: Any
    ) -> None:
        record = self.ledger.source_of_url(url)
        assert record is not None
        article = Article(
            markdown=text, word_count=3, reading_minutes=1, content_hash=text, **known
        )
        attempt = Attempt(url, state, status=200)
        article_or_none = article if state is State.OK else None
        visit = Visit(state, "2024-05-14T08:30:00Z", (attempt,), article=article_or_none)
        self.ledger.store_visit(record.key, visit)

    def record(self, output: str) -> ItemRecord:
        item = self.ledger.item(output)
        assert item is not None
        return item

    def publish(
        self, *outputs: str, in_place: bool = False, additions: Additions | None = None
    ) -> tuple[int, int, int]:
        """Publish items; return how many files were written, unchanged and failed."""
        layout = Layout(self.output, in_place=in_place)
        publisher = Publisher(
            self.ledger,
            layout,
            on_problem=lambda problem: self.problems.append(str(problem)),
            additions=additions,
        )
        for output in outputs:
            publisher.publish_item(self.record(output))
        count: PublishCount = publisher.count
        return count.written, count.unchanged, count.failed

    def source_file(self, url: str) -> Path:
        record = self.ledger.source_of_url(url)
        assert record is not None
        return Layout(self.output).source(record.key).path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.ledger.close()


@pytest.fixture
def bridge(room: Room, write_item: Callable[..., Path]) -> Path:
    """An item with one related source, both visited; returns its file."""
    path = write_item(room.items, "a", original_url=NEWS, related=[OTHER], body="Mine.\n")
    room.take()
    room.store_visit(NEWS)
    room.store_visit(OTHER, text="The market moves.")
    return path


def enrichment(path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = yaml.safe_load(path.read_text().split("---\n")[1])
    block: dict[str, Any] = fields["enrichment"]
    return block


def age(path: Path) -> int:
    """Make a file an hour older, so that a new write shows; return its new mtime."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 3_600_000_000_000))
    return path.stat().st_mtime_ns


def test_an_item_and_its_related_sources_are_written(room: Room, bridge: Path) -> None:
    assert room.publish("a.md") == (2, 0, 0)
    enriched = room.output / "items" / "a.md"
    assert remove_added_parts(enriched.read_text()) == bridge.read_text()
    assert "\n\nIt stays open.\n\n" in enriched.read_text()
    block = enrichment(enriched)
    assert block["source"]["textFile"] == "items/a.md"
    (related,) = block["related"]
    assert room.output / related["textFile"] == room.source_file(OTHER)
    assert room.source_file(OTHER).read_text().endswith("---\n\nThe market moves.\n")
    assert not room.source_file(NEWS).exists()
    assert room.problems == []


def test_an_item_with_a_source_that_was_never_visited_waits(
    room: Room, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "a", original_url=NEWS, related=[OTHER])
    room.take()
    room.store_visit(NEWS)
    assert room.publish("a.md") == (0, 0, 0)
    assert not room.output.exists()


def test_a_file_that_is_as_it_was_left_is_not_even_read(room: Room, bridge: Path) -> None:
    room.publish("a.md")
    enriched = room.output / "items" / "a.md"
    stat = enriched.stat()
    enriched.write_bytes(b"x" * stat.st_size)  # only size and time are looked at
    os.utime(enriched, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    bridge.unlink()  # nor is the item
    assert room.publish("a.md") == (0, 2, 0)
    assert enriched.read_bytes() == b"x" * stat.st_size


@pytest.mark.parametrize("name", ["items/a.md", "source"])
@pytest.mark.parametrize("spoiled", [None, b"", b"\xff", b"---\nno end\n"])
def test_a_file_that_somebody_deleted_or_spoiled_is_made_good(
    room: Room, bridge: Path, name: str, spoiled: bytes | None
) -> None:
    room.publish("a.md")
    path = room.source_file(OTHER) if name == "source" else room.output / name
    good = path.read_bytes()
    if spoiled is None:
        path.unlink()
    else:
        path.write_bytes(spoiled)
    assert room.publish("a.md") == (1, 1, 0)
    assert path.read_bytes() == good
    assert room.publish("a.md") == (0, 2, 0)


def test_equal_bytes_are_left_untouched_and_known_from_then_on(room: Room, bridge: Path) -> None:
    room.publish("a.md")
    enriched = room.output / "items" / "a.md"
    touched = age(enriched)
    assert room.publish("a.md") == (0, 2, 0)
    assert enriched.stat().st_mtime_ns == touched
    rendered = room.ledger.rendered("items/a.md")
    assert rendered is not None
    assert rendered.stamp.mtime_ns == touched


def test_what_is_learned_of_a_source_is_written(room: Room, bridge: Path) -> None:
    room.publish("a.md")
    room.store_visit(OTHER, text="The market stays.")
    assert room.publish("a.md") == (2, 0, 0)
    assert "The market stays." in room.source_file(OTHER).read_text()
    assert enrichment(room.output / "items" / "a.md")["related"][0]["contentHash"] == (
        "The market stays."
    )


def test_a_source_without_a_text_has_no_file(room: Room, write_item: Callable[..., Path]) -> None:
    write_item(room.items, "a", original_url=NEWS, related=[OTHER])
    room.take()
    room.store_visit(NEWS, State.NOT_FOUND)
    room.store_visit(OTHER, State.GONE)
    assert room.publish("a.md") == (1, 0, 0)
    block = enrichment(room.output / "items" / "a.md")
    assert (block["source"]["state"], block["related"][0]["state"]) == ("not-found", "gone")
    assert "textFile" not in block["source"] | block["related"][0]
    assert "article:begin" not in (room.output / "items" / "a.md").read_text()


def test_a_folder_in_the_place_of_a_file_is_reported_and_stops_no_other(
    room: Room, bridge: Path, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "b", original_url=OTHER)
    room.take()
    blocked = room.output / "items" / "a.md"
    blocked.mkdir(parents=True)
    assert room.publish("a.md", "b.md") == (1, 0, 1)
    (problem,) = room.problems
    assert problem.startswith(f"{blocked}:1: not written: ")
    assert "something else than a regular file" in problem
    assert (room.output / "items" / "b.md").is_file()
    blocked.rmdir()
    assert room.publish("a.md", "b.md") == (1, 1, 0)


def test_a_file_that_could_not_be_written_is_left_to_the_next_run(room: Room, bridge: Path) -> None:
    blocked = room.output / "items" / "a.md"
    blocked.mkdir(parents=True)
    assert room.publish("a.md", "a.md") == (1, 1, 1)
    assert len(room.problems) == 1


def test_a_file_in_the_place_of_a_folder_is_reported(room: Room, bridge: Path) -> None:
    room.output.mkdir()
    (room.output / "items").write_text("in the way")
    assert room.publish("a.md") == (1, 0, 1)
    assert (room.output / "items").read_text() == "in the way"
    (problem,) = room.problems
    assert problem.startswith(f"{room.output / 'items' / 'a.md'}:1: not written: ")


def test_a_link_that_leads_out_of_the_output_folder_is_not_followed(
    room: Room, bridge: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    room.output.mkdir()
    (room.output / "items").symlink_to(outside, target_is_directory=True)
    assert room.publish("a.md") == (1, 0, 1)
    assert list(outside.iterdir()) == []
    assert "the folder is outside" in room.problems[0]


def test_a_link_in_the_place_of_a_file_is_not_followed(
    room: Room, bridge: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious.md"
    precious.write_text("precious")
    (room.output / "items").mkdir(parents=True)
    (room.output / "items" / "a.md").symlink_to(precious)
    assert room.publish("a.md") == (1, 0, 1)
    assert precious.read_text() == "precious"


def test_the_file_of_a_source_is_withdrawn_when_an_item_is_about_it(
    room: Room, bridge: Path, write_item: Callable[..., Path]
) -> None:
    room.publish("a.md")
    withdrawn = room.source_file(OTHER)
    assert withdrawn.exists()
    write_item(room.items, "b", original_url=OTHER)
    room.take()
    assert room.publish("a.md", "b.md") == (2, 2, 0)  # a.md is looked at for b.md already
    assert not withdrawn.exists()
    assert enrichment(room.output / "items" / "a.md")["related"][0]["textFile"] == "items/b.md"
    assert enrichment(room.output / "items" / "b.md")["source"]["textFile"] == "items/b.md"


def test_a_file_that_is_not_ours_is_not_withdrawn(
    room: Room, bridge: Path, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "b", original_url=OTHER)
    room.take()
    foreign = room.source_file(OTHER)
    foreign.parent.mkdir(parents=True)
    foreign.write_text("somebody's own")
    room.publish("a.md", "b.md")
    assert foreign.read_text() == "somebody's own"


def test_a_video_does_not_own_the_text_of_its_source(
    room: Room, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "a", original_url=NEWS, related=[OTHER])
    write_item(room.items, "v", original_url=OTHER, type="video")
    room.take()
    room.store_visit(NEWS)
    room.store_visit(OTHER)
    room.publish("a.md", "v.md")
    related = enrichment(room.output / "items" / "a.md")["related"][0]
    assert room.output / related["textFile"] == room.source_file(OTHER)
    assert room.source_file(OTHER).is_file()
    video = enrichment(room.output / "items" / "v.md")["source"]
    assert video["state"] == "unsupported"
    assert "textFile" not in video
    assert "article:begin" not in (room.output / "items" / "v.md").read_text()


def test_in_place_texts_are_named_from_the_folder_of_the_items(
    room: Room, write_item: Callable[..., Path]
) -> None:
    first = write_item(room.items, "Some Folder/a", original_url=NEWS, related=[OTHER])
    write_item(room.items, "b", original_url=OTHER)
    room.take()
    room.store_visit(NEWS)
    room.store_visit(OTHER)
    original = first.read_text()
    outputs = sorted(item.output for item in room.ledger.waiting_for_nothing())
    assert room.publish(*outputs, in_place=True) == (2, 0, 0)
    block = enrichment(first)
    assert block["source"]["textFile"] == "Some Folder/a.md"
    assert block["related"][0]["textFile"] == "b.md"
    assert remove_added_parts(first.read_text()) == original
    assert not room.output.exists()
    assert room.publish(*outputs, in_place=True) == (0, 2, 0)


@pytest.mark.parametrize("in_place", [False, True])
def test_an_item_that_has_changed_since_it_was_read_is_not_written(
    room: Room, bridge: Path, *, in_place: bool
) -> None:
    changed = bridge.read_bytes().replace(b"Mine.", b"Mine, and edited during the crawl.")
    bridge.write_bytes(changed)
    assert room.publish("a.md", in_place=in_place) == (1, 0, 0)  # the related source's file
    assert bridge.read_bytes() == changed
    assert not (room.output / "items").exists()
    room.take()
    assert room.publish("a.md", in_place=in_place) == (1, 1, 0)


def test_what_is_saved_in_place_while_the_file_is_being_written_stays(
    room: Room, bridge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = bridge.read_bytes().replace(b"Mine.", b"Mine, and saved in the last moment.")
    flush, saves = os.fsync, [edited]

    def save_and_flush(file: int) -> None:
        flush(file)
        if saves and any(path.name.endswith("crawler-tmp") for path in bridge.parent.iterdir()):
            bridge.write_bytes(saves.pop())

    monkeypatch.setattr(os, "fsync", save_and_flush)
    assert room.publish("a.md", in_place=True) == (1, 0, 0)  # the related source's file
    assert bridge.read_bytes() == edited
    assert [problem.partition(":1: ")[2] for problem in room.problems] == [
        "not written: it was changed meanwhile; the next run writes it"
    ]
    room.take()
    assert room.publish("a.md", in_place=True) == (1, 1, 0)
    assert remove_added_parts(bridge.read_text()) == edited.decode()


def test_an_item_that_has_gone_since_it_was_read_is_reported(room: Room, bridge: Path) -> None:
    bridge.unlink()
    assert room.publish("a.md") == (1, 0, 1)
    assert "not written: [Errno 2]" in room.problems[0]


def test_what_an_item_and_its_pages_disagree_on_is_told_with_each_entry(
    room: Room, write_item: Callable[..., Path]
) -> None:
    provider = {"name": "The old footbridge stays open", "domain": "news.example"}
    write_item(room.items, "a", original_url=NEWS, related=[OTHER], provider=provider)
    room.take()
    title = "The old footbridge stays open"
    room.store_visit(NEWS, title=title, site_name="Example News")
    room.store_visit(OTHER, title="Something else", text="The market moves.")
    room.publish("a.md")
    block = enrichment(room.output / "items" / "a.md")
    assert block["source"]["conflicts"] == [
        {"field": "provider.name", "item": title, "page": "Example News"}
    ]
    (related,) = block["related"]
    assert related["conflicts"] == [
        {"field": "title", "item": "Market moves indoors", "page": "Something else"}
    ]


def test_a_page_that_is_no_article_conflicts_with_nothing(
    room: Room, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "a", original_url=NEWS)
    room.take()
    record = room.ledger.source_of_url(NEWS)
    assert record is not None
    attempt = Attempt(NEWS, State.EMPTY, status=200)
    article = Article(title="There is no such page")
    visit = Visit(State.EMPTY, "2024-05-14T08:30:00Z", (attempt,), article=article)
    room.ledger.store_visit(record.key, visit)
    additions = Additions(fill_in=("excerpt", "images"))
    room.publish("a.md", additions=additions)
    block = enrichment(room.output / "items" / "a.md")
    assert block["source"]["title"] == "There is no such page"
    assert "conflicts" not in block["source"]
    assert "filled" not in block


def test_a_conflict_goes_when_the_item_is_corrected(
    room: Room, write_item: Callable[..., Path]
) -> None:
    write_item(room.items, "a", original_url=NEWS, title="A wrong one")
    room.take()
    room.store_visit(NEWS, title="The right one")
    room.publish("a.md")
    path = room.output / "items" / "a.md"
    assert [one["field"] for one in enrichment(path)["source"]["conflicts"]] == [
        "title",
        "provider.domain",
    ]
    provider = {"name": "Courier", "domain": "news.example"}
    write_item(room.items, "a", original_url=NEWS, title="The right one", provider=provider)
    room.take()
    assert room.publish("a.md")[0] == 1
    assert "conflicts" not in enrichment(path)["source"]


def test_topics_and_fields_that_are_asked_for_are_added_and_change_with_the_taxonomy(
    room: Room, write_item: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "topics"
    folder.mkdir()

    def asked_for(keywords: str) -> Additions:
        (folder / "bridges.yml").write_text(f"name: Bridges\nkeywords: [{keywords}]\n")
        settings = {"CRAWLER_FILL_IN": "excerpt,topics", "CRAWLER_TOPICS": str(folder)}
        return Additions.from_settings(settings)

    write_item(room.items, "a", original_url=NEWS, excerpt=None, topics=None)
    room.take()
    room.store_visit(NEWS, title="The footbridge", text="It stays open.")
    path = room.output / "items" / "a.md"
    room.publish("a.md")
    assert not {"topics", "filled"} & enrichment(path).keys()

    assert room.publish("a.md", additions=asked_for("footbridge, open")) == (1, 0, 0)
    block = enrichment(path)
    assert block["topics"] == [{"name": "Bridges", "count": 2, "where": ["title", "body"]}]
    assert block["filled"] == {"excerpt": "It stays open.", "topics": ["Bridges"]}
    assert room.publish("a.md", additions=asked_for("Footbridge, open")) == (0, 1, 0)

    assert room.publish("a.md", additions=asked_for("weir")) == (1, 0, 0)
    assert "topics" not in enrichment(path)
    assert room.publish("a.md") == (1, 0, 0)
    assert "filled" not in enrichment(path)
