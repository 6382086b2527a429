from __future__ import annotations

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


def test_every_hop_is_told_with_its_state_and_its_evidence(
    explained: Callable[[object], Any],
) -> None:
    (source,) = explained(NEWS)["sources"]
    hops = source["held"]["hops"]
    assert [(hop["url"], hop["state"], hop["status"]) for hop in hops] == [
        (NEWS, "not-found", 404),
        (AMP, "ok", 200),
    ]
    assert all(hop["seconds"] >= 0 and hop["redirects"] == [] for hop in hops)


def test_every_field_is_told_with_its_value_and_where_it_came_from(
    explained: Callable[[object], Any],
) -> None:
    (source,) = explained(NEWS)["sources"]
    fields = {row["field"]: (row["value"], row["origin"]) for row in source["held"]["fields"]}
    assert fields["title"] == ("The old footbridge stays open", "json-ld")
    assert fields["authors"] == (["Ada Okafor"], "json-ld")
    assert fields["published"] == ("2024-05-14T08:30:00+02:00", "json-ld")
    assert fields["site_name"] == ("The Example Courier", "open-graph")
    assert fields["language"] == ("en", "html")
    assert fields["word_count"][0] > 50
    assert fields["word_count"][1] == "text"
    assert not {"markdown", "origins", "modified", "images"} & fields.keys()


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
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert ["title", "Market moves [indoors]", "json-ld"] in cells


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
