from __future__ import annotations

import re

import pytest
import yaml

from crawler.extraction.article import Article
from crawler.items.enrichment import remove_added_parts
from crawler.ledger.records import Attempt, SourceRecord, Visit
from crawler.output.enriched import enriched_item, source_file
from crawler.states import State

URL = "https://news.example/bridge"
ORIGINAL = "---\ntitle: Bridge\noriginalUrl: https://news.example/bridge\n---\nMy own words.\n"


def source(state: State, markdown: str = "") -> SourceRecord:
    article = Article(markdown=markdown, title="The bridge: 1") if markdown else None
    held = Visit(state, "2024-05-14T08:30:00Z", (Attempt(URL, state, status=200),), article=article)
    return SourceRecord("news.example/bridge", (URL,), 1, held=held)


@pytest.mark.parametrize("state", [State.OK, State.ARCHIVED])
def test_an_item_gains_its_block_and_its_article(state: State) -> None:
    record = source(state, "# Bridge\n\nIt stays.")
    enriched = enriched_item(ORIGINAL, {"state": "ok"}, [{"webUrl": "x"}, {}], record)
    assert re.sub(r'  digest: "[0-9a-f]{64}"\n', "", enriched, count=1) == (
        "---\ntitle: Bridge\noriginalUrl: https://news.example/bridge\n"
        'enrichment:\n  schema: 1\n  source:\n    state: "ok"\n  related:\n    - webUrl: "x"\n'
        "---\nMy own words.\n\n"
        f"<!-- article:begin {URL} -->\n\n# Bridge\n\nIt stays.\n\n<!-- article:end -->\n"
    )


@pytest.mark.parametrize("held", [None, source(State.GONE), source(State.UNSUPPORTED, "no body")])
def test_without_a_text_the_body_stays_as_it_is(held: SourceRecord | None) -> None:
    text = enriched_item(ORIGINAL, {"state": "gone"}, [], held)
    assert text.endswith("\n---\nMy own words.\n")
    assert "related:" not in text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_the_original_comes_back_from_an_enriched_item(newline: str, bom: str) -> None:
    original = bom + ORIGINAL.replace("\n", newline)
    text = enriched_item(original, {"state": "ok"}, [], source(State.OK, "One\n\ntwo"))
    assert text.count("\n") == text.count(newline)
    assert remove_added_parts(text) == original


def test_a_source_file_is_front_matter_and_text() -> None:
    text = source_file(source(State.OK, "# Bridge\n\nIt stays."))
    opening, front_matter, body = text.split("---\n")
    assert opening == ""
    assert body == "\n# Bridge\n\nIt stays.\n"
    fields = yaml.safe_load(front_matter)
    assert fields["title"] == "The bridge: 1"
    assert fields["requestedUrl"] == URL
    assert "textFile" not in fields
