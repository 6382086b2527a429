from __future__ import annotations

import re
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome

NEWS = "http://news.example/bridge"
AMP = "http://news.example/amp/bridge"
OTHER = "http://other.example/market"
LOST = "http://other.example/lost"


@pytest.fixture
def explained(command: Callable[..., Outcome], crawled: Any) -> Callable[[object], Any]:
    """Explain a subject of the crawl as JSON."""

    def explain(subject: object) -> Any:
        outcome = command("explain", subject, "-o", crawled.output, "--json")
        assert outcome.code == 0, outcome.stderr
        return outcome.json

    return explain


def test_an_item_is_explained_by_its_file_and_by_its_output_file(
    explained: Callable[[object], Any], crawled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = crawled.items / "bridge.md"
    by_file = explained(path)
    assert by_file["item"] == str(path)
    assert by_file["namedBy"] == []
    assert [source["role"] for source in by_file["sources"]] == ["source", "related 1"]
    assert [source["key"] for source in by_file["sources"]] == [
        "news.example/bridge",
        "other.example/market",
    ]
    assert explained(crawled.output / "items" / "bridge.md") == by_file
    monkeypatch.chdir(crawled.items)
    assert explained("bridge.md") == by_file


@pytest.mark.parametrize("url", [NEWS, AMP, "https://www.news.example/bridge/?utm_source=x#top"])
def test_a_source_is_explained_by_any_url_of_its_family(
    explained: Callable[[object], Any], crawled: Any, url: str
) -> None:
    found = explained(url)
    assert found["item"] is None
    assert found["namedBy"] == [str(crawled.items / "bridge.md")]
    (source,) = found["sources"]
    assert source["urls"] == [NEWS, AMP]
    held = source["held"]
    assert held["state"] == "ok"
    assert held["answeredBy"] == AMP
    assert held["etag"] == '"v1"'
    assert held["dateTime"] == source["checkedDateTime"]
    assert source["dueDateTime"] > source["checkedDateTime"]
    assert source["lastAttempt"] is None


def test_every_attempt_is_told_with_its_state_and_its_evidence(
    explained: Callable[[object], Any],
) -> None:
    (source,) = explained(NEWS)["sources"]
    attempts = source["held"]["attempts"]
    assert [(attempt["url"], attempt["state"], attempt["status"]) for attempt in attempts] == [
        (NEWS, "not-found", 404),
        (AMP, "ok", 200),
    ]
    assert all(attempt["seconds"] >= 0 and attempt["redirects"] == [] for attempt in attempts)


def test_every_field_is_told_with_its_value_and_where_it_came_from(
    explained: Callable[[object], Any],
) -> None:
    (source,) = explained(NEWS)["sources"]
    fields = {row["field"]: (row["value"], row["origin"]) for row in source["held"]["fields"]}
    assert fields["title"] == ("The old footbridge stays open", "json-ld")
    assert fields["authors"] == (["Ada Okafor"], "json-ld")
    assert fields["publishedDateTime"] == ("2024-05-14T08:30:00+02:00", "json-ld")
    assert fields["siteName"] == ("The Example Courier", "open-graph")
    assert fields["language"] == ("en", "html")
    assert fields["wordCount"][0] > 50
    assert fields["wordCount"][1] == "text"
    assert not {"markdown", "origins", "modifiedDateTime", "images"} & fields.keys()


def test_an_item_is_held_against_its_pages_field_by_field(
    explained: Callable[[object], Any], crawled: Any
) -> None:
    own, related = explained(crawled.items / "bridge.md")["sources"]
    verdicts = {one["field"]: one["agrees"] for one in own["comparisons"]}
    assert verdicts == {
        "title": True,
        "publishedDateTime": True,
        "type": True,
        "provider.name": True,
        "provider.domain": False,
    }
    (domain,) = [one for one in own["comparisons"] if not one["agrees"]]
    assert (domain["item"], domain["page"]) == ("courier.example", "news.example")
    titles = [(one["item"], one["page"], one["agrees"]) for one in related["comparisons"]]
    assert ("Market moves indoors", "Market moves [indoors]", True) in titles
    assert explained(NEWS)["sources"][0]["comparisons"] == []


def test_an_item_that_was_edited_since_is_not_held_against_its_pages(
    command: Callable[..., Outcome], crawled: Any, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    shutil.copytree(crawled.output, output)
    ledger = sqlite3.connect(output / ".crawler" / "ledger.sqlite3")
    with ledger:
        ledger.execute("UPDATE item SET digest = 'of another text'")
    ledger.close()
    words = ("explain", crawled.items / "bridge.md", "-o", output, "--json")
    assert [one["comparisons"] for one in command(*words).json["sources"]] == [[], []]


def test_what_is_added_to_an_item_is_told_with_where_it_is_from(
    command: Callable[..., Outcome], crawled: Any, tmp_path: Path
) -> None:
    (tmp_path / "bridges.yml").write_text("name: Bridges\nkeywords: [footbridge, beams]\n")
    path = crawled.items / "bridge.md"
    words = ("explain", path, "-o", crawled.output, "-s", f"CRAWLER_TOPICS={tmp_path}")
    outcome = command(*words, "-s", "CRAWLER_FILL_IN=ampWebUrl,images,topics", "--json")
    own, related = outcome.json["sources"]
    (topic,) = own["additions"]
    assert topic["field"] == "topics"
    assert topic["value"]["name"] == "Bridges"
    assert topic["value"]["count"] >= 3
    assert topic["origin"] == "title, body"
    assert related["additions"] == []
    text = command(*words).stdout
    assert "Bridges" in text
    bad = command("explain", path, "-o", crawled.output, "-s", "CRAWLER_FILL_IN=title")
    assert bad.code == 2
    assert "CRAWLER_FILL_IN" in bad.stderr


def test_a_source_that_gave_nothing_has_no_fields(explained: Callable[[object], Any]) -> None:
    (source,) = explained(LOST)["sources"]
    assert (source["held"]["state"], source["held"]["fields"]) == ("not-found", [])


def test_for_a_person_it_reads_as_lines_and_tables(
    command: Callable[..., Outcome], crawled: Any
) -> None:
    lines = command(
        "explain", crawled.items / "bridge.md", "-o", crawled.output
    ).stdout.splitlines()
    assert lines[0] == str(crawled.items / "bridge.md")
    assert "source: news.example/bridge" in lines
    assert "related 1: other.example/market" in lines
    assert any(line.startswith(f"    - {NEWS}: not-found, HTTP 404, ") for line in lines)
    assert any(line.startswith(f"    * {AMP}: ok, HTTP 200, ") for line in lines)
    cells = [re.split(r" {2,}", line.strip()) for line in lines]
    assert ["title", "Market moves [indoors]", "json-ld"] in cells
    assert ["provider.domain", "courier.example", "news.example", "conflict"] in cells
    assert ["title", "Market moves indoors", "Market moves [indoors]", "agree"] in cells


@pytest.mark.parametrize("subject", ["http://unknown.example/a", "nowhere.md", "items/nowhere.md"])
def test_what_the_ledger_does_not_know_ends_with_2(
    command: Callable[..., Outcome], crawled: Any, subject: str
) -> None:
    outcome = command("explain", subject, "-o", crawled.output)
    assert outcome.code == 2
    assert outcome.stderr == (f"crawler: the ledger of {crawled.output} does not know {subject}\n")


def test_without_a_ledger_nothing_can_be_explained(
    command: Callable[..., Outcome], tmp_path: Path
) -> None:
    outcome = command("explain", NEWS, "-o", tmp_path / "nothing")
    assert outcome.code == 2
    assert "has no ledger" in outcome.stderr


def test_json_calls_all_things_as_the_files_do(
    explained: Callable[[object], Any], crawled: Any
) -> None:
    def names(document: Any) -> set[str]:
        if isinstance(document, dict):
            return {*document, *(name for one in document.values() for name in names(one))}
        listed = document if isinstance(document, list) else []
        return {name for one in listed for name in names(one)}

    told = names(explained(crawled.items / "bridge.md"))
    assert "permanentRedirects" in told
    assert [name for name in told if "_" in name] == []
