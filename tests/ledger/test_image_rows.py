from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.ledger.records import Attempt, FileStamp, ImageRecord, ItemRecord, Mention, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.urls.aliases import url_family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = "2024-05-14T10:00:00Z"
RECORD = ImageRecord(AT, format="png", width=5, height=6, file="images/a.png")
KEY = "news.example/0"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    for number, state in enumerate((State.OK, State.GONE, State.ARCHIVED, State.OK)):
        url = f"https://news.example/{number}"
        output = f"{number}.md"
        item = ItemRecord(output, f"/{output}", "/", FileStamp(1, 1), "digest", "facts")
        ledger.put_item(item, [(Mention(-1, "", url, "article"), url_family([url], []))])
        if number < 3:
            ledger.select(output)
        ledger.store_visit(f"news.example/{number}", Visit(state, AT, (Attempt(url, state),)))
    yield ledger
    ledger.close()


def test_what_was_learned_of_an_image_is_remembered(ledger: SqliteLedger) -> None:
    ledger.put_image("https://a.example/1", ImageRecord(AT, "HTTP 500", may_pass=True))
    ledger.put_image("https://a.example/1", RECORD)
    assert ledger.images(["https://a.example/1", "https://a.example/2"]) == {
        "https://a.example/1": RECORD
    }


def test_what_is_written_of_a_sources_images_changes_its_revision(ledger: SqliteLedger) -> None:
    before = ledger.revision(KEY)
    assert not ledger.put_images_of(KEY, {})
    assert ledger.revision(KEY) == before
    assert ledger.put_images_of(KEY, {"https://a.example/1": RECORD})
    assert ledger.revision(KEY) != before
    record = ledger.source(KEY)
    assert record is not None
    assert record.images == {"https://a.example/1": RECORD}
    assert not ledger.put_images_of(KEY, {"https://a.example/1": RECORD})


def test_the_selected_sources_that_have_an_article_come_page_by_page(ledger: SqliteLedger) -> None:
    (first,) = ledger.sources_with_article(0, 1)
    (second,) = ledger.sources_with_article(first[0], 5)
    assert [first[1], second[1]] == [KEY, "news.example/2"]
    assert ledger.sources_with_article(second[0], 5) == []
