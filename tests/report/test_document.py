"""What a report says of items and sites, and that it is as its JSON Schema says."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from crawler.ledger.events import Event, EventKind
from crawler.report.document import report_document
from crawler.report.facts import Facts, Link
from crawler.report.notes import Conflict, Duplicate, ItemNotes
from crawler.states import State
from tests.report.test_page import AT, article, facts, hostile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SCHEMA: Any = json.loads(files("crawler.report").joinpath("schema.json").read_text("utf-8"))
NEWS, COPY = "http://news.example/bridge", "http://copies.example/bridge"
LOST, WALL = "http://news.example/lost", "http://wall.example/private/a"


def assert_valid(document: Any) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    errors = Draft202012Validator(SCHEMA).iter_errors(document)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def everything() -> Facts:
    """Facts with at least one of all there is."""
    states = [None, *State]
    links = [
        Link(
            f"{number}.example/a",
            f"https://{number}.example/a",
            f"{number}.example",
            state,
            detail="HTTP 410",
            since=AT,
            checked_at=AT,
            places=("items/a.md:3",),
            archive_url="https://web.archive.org/web/20240101000000/x",
            moved_to="https://new.example/a",
            suggestion="https://new.example/a",
            why="moved for good",
            title="A title",
            words=3,
        )
        for number, state in enumerate(states)
    ]
    kinds = [*EventKind]
    events = tuple(
        Event(
            link.key,
            AT,
            kind,
            State.OK,
            State.GONE,
            AT,
            "A title",
            words=3,
            words_before=2,
            content_hash="0" * 64,
            fields=("title", "text"),
        )
        for kind, link in zip(kinds, links, strict=False)
    )
    notes = ItemNotes()
    notes.counts["title"] = 1
    key = links[0].key
    notes.conflicts.append(Conflict(key, "items/a.md:2", "https://x.example/", "title", "A", "B"))
    notes.duplicates.append(
        Duplicate(key, "https://x.example/", ("items/a.md",), "https://y.example/")
    )
    notes.missing["excerpt"].append("items/a.md")
    told = facts(links, events)
    run = told.runs[-1] | {
        "hosts": [{"host": "0.example", "tries": 3, "failures": 1, "seconds": 1.5}],
        "failedMonitors": [{"name": "ok share", "message": "fell"}],
        "problems": ["items/bad.md:1: bad"],
    }
    pauses = {"0.example": (AT, "it asked for that"), "www.1.example": (AT, "failures")}
    return Facts(
        *("output", AT, AT, told.links, told.events, (*told.runs[:-1], run), 2, told.states),
        *(notes, pauses, {"0.example": 503, "1.example": None}),
    )


@pytest.mark.parametrize(
    "made", [facts([], nights=0), facts([article(1)]), hostile(), everything()]
)
def test_a_report_is_as_its_schema_says(made: Facts) -> None:
    assert_valid(json.loads(json.dumps(report_document(made))))


def test_every_key_of_the_schema_is_one_that_a_report_may_have() -> None:
    document = report_document(everything())
    assert document.keys() == SCHEMA["properties"].keys()
    links = {key for link in document["links"] for key in link}
    assert links == SCHEMA["$defs"]["link"]["properties"].keys()
    events = {key for kind in EventKind for event in document[kind] for key in event}
    assert events == SCHEMA["$defs"]["event"]["properties"].keys()
    sites = {key for site in document["sites"] for key in site}
    assert sites == SCHEMA["properties"]["sites"]["items"]["properties"].keys()


def test_a_site_is_told_with_its_pause_and_its_robots_txt() -> None:
    sites = {site["site"]: site for site in report_document(everything())["sites"]}
    assert sites["0.example"]["pauseReason"] == "it asked for that"
    assert sites["0.example"]["robotsStatus"] == 503
    assert sites["1.example"]["pausedUntil"] == AT, "of one of its hosts"
    assert sites["1.example"]["robotsStatus"] is None
    assert "robotsStatus" not in sites["2.example"]


@pytest.fixture
def crawled(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> Path:
    items = tmp_path / "items"
    web.page(NEWS, article_html())
    web.page(COPY, article_html(published="2024-05-20T08:30:00+02:00"))
    web.page("http://wall.example/robots.txt", "User-agent: *\nDisallow: /private")
    write_item(items, "own", original_url=NEWS, title="Something else altogether")
    write_item(items, "copy", original_url=COPY, excerpt=None, related=[LOST, WALL])
    run_crawler("run", items, "-o", tmp_path / "output", web=web)
    return items


def test_what_items_could_be_better_at_is_told_with_its_lines(
    crawled: Path, run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    words = ("report", crawled, "-o", tmp_path / "output", "--format", "json")
    document = run_crawler(*words).json
    assert_valid(document)
    notes = document["items"]
    own = (crawled / "own.md").read_text().splitlines()
    line = own.index('title: "Something else altogether"') + 1
    found = {(one["place"], one["field"]): one["page"] for one in notes["conflicts"]}
    assert found[f"{crawled}/own.md:{line}", "title"] == "The old footbridge stays open"
    assert found.keys() == {
        (f"{crawled}/own.md:{line}", "title"),
        next(key for key in found if key[1] == "publishedDateTime"),
        *(key for key in found if key[1] == "provider.domain"),
    }
    assert sum(notes["conflictCounts"].values()) == len(notes["conflicts"])
    (copy,) = notes["duplicates"]
    assert (copy["url"], copy["duplicateOf"]) == (COPY, NEWS)
    assert notes["missing"]["excerpt"] == {"count": 1, "files": [f"{crawled}/copy.md"]}
    sites = {site["site"]: site for site in document["sites"]}
    assert sites["wall.example"]["robotsStatus"] == 200
    assert sites["wall.example"]["fails"] == {"robots": 1}

    limited = run_crawler(*words, "-s", "CRAWLER_CONFLICTS=title").json["items"]
    assert limited["conflictCounts"] == {"title": 1}
    only = run_crawler(*words, "--only", "own*").json
    assert only["sources"]["total"] == 1
    assert {site["site"] for site in only["sites"]} == {"news.example"}
    told = run_crawler("report", crawled, "-o", tmp_path / "output", "--format", "markdown").stdout
    assert "- without excerpt: 1\n" in told


def test_sources_are_counted_by_how_long_ago_they_were_last_good() -> None:
    def link(number: int, state: State | None, **told: str) -> Link:
        return Link(f"{number}", f"https://a.example/{number}", "a.example", state, **told)

    links = (
        link(0, State.OK, checked_at="2026-03-01T11:00:00Z"),
        link(1, State.OK, checked_at="2026-02-20T11:00:00Z"),
        link(
            2,
            State.GONE,
            checked_at="2026-03-01T11:00:00Z",
            since="2025-01-01T00:00:00Z",
            title="A",
        ),
        link(3, State.GONE, since="2026-03-01T11:00:00Z"),
        link(4, None),
    )
    facts = Facts("out", "2026-03-01T12:00:00Z", "2026-03-01T00:00:00Z", links)
    assert report_document(facts)["sources"]["lastGood"] == {
        "day": 1,
        "week": 0,
        "month": 1,
        "quarter": 0,
        "older": 1,
        "never": 2,
    }


def test_the_line_that_is_told_has_the_address_that_is_told(
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> None:
    item = write_item(
        tmp_path / "items", "a", original_url=LOST, webUrl="http://news.example/elsewhere"
    )
    run_crawler("run", tmp_path / "items", "-o", tmp_path / "out", web=web)
    words = ("report", tmp_path / "items", "-o", tmp_path / "out", "--format", "json")
    (task,) = run_crawler(*words, web=web).json["tasks"]
    (link,) = task["links"]
    (place,) = link["places"]
    file, _, line = place.rpartition(":")
    assert file == str(item)
    assert link["url"] in item.read_text().splitlines()[int(line) - 1]
