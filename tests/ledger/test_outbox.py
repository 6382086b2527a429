from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.extraction.article import Article
from crawler.ledger.outbox import Delivery, delivery_of
from crawler.ledger.records import Attempt, FileStamp, ItemRecord, Mention, SourceRecord, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.urls.aliases import url_family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY, URL = "news.example/a", "https://news.example/a"
EARLY, LATE = "2024-05-14T08:30:00Z", "2024-05-15T08:30:00Z"
ARTICLE = Article(markdown="One two.", title="A", word_count=2, content_hash="0" * 64)


def visit(state: State = State.OK, article: Article | None = ARTICLE, at: str = EARLY) -> Visit:
    return Visit(state, at, (Attempt(URL, state, status=200),), article=article)


def source(held: Visit | None) -> SourceRecord:
    return SourceRecord(KEY, (URL,), 1, held=held)


@pytest.mark.parametrize("before", [None, visit(State.GONE, None), visit(State.EMPTY, Article())])
def test_an_article_where_there_was_none_is_new(before: Visit | None) -> None:
    assert delivery_of(source(before), source(visit()), LATE) == Delivery(KEY, LATE)


@pytest.mark.parametrize("after", [visit(State.GONE, None), visit(State.UNSUPPORTED)])
def test_without_a_text_there_is_nothing_to_deliver(after: Visit) -> None:
    assert delivery_of(source(None), source(after), LATE) is None
    video = replace(source(visit()), wants_body=False)
    assert delivery_of(source(None), video, LATE) is None


def test_what_has_changed_is_told_by_its_fields() -> None:
    changed = replace(ARTICLE, title="B", markdown="Three.", origins={"title": "html"})
    after = visit(State.PAYWALLED, changed, LATE)
    assert delivery_of(source(visit()), source(after), LATE) == Delivery(
        KEY, LATE, ("markdown", "title", "state")
    )


def test_how_a_field_was_found_is_no_news() -> None:
    other = replace(ARTICLE, origins={"title": "html"}, declared_words=3, cut="its end")
    assert delivery_of(source(visit()), source(visit(State.OK, other, LATE)), LATE) is None


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    mention = Mention(-1, KEY, URL, "article")
    item = ItemRecord("a.md", "/a.md", "/", FileStamp(1, 1), "0", "0", (mention,))
    ledger.put_item(item, [(mention, url_family([URL]))])
    yield ledger
    ledger.close()


def test_a_stored_article_waits_until_it_is_taken(ledger: SqliteLedger) -> None:
    ledger.store_visit(KEY, visit())
    assert ledger.outbox.after("", 10) == [Delivery(KEY, EARLY)]
    assert ledger.outbox.after(KEY, 10) == []
    ledger.outbox.forget(Delivery(KEY, EARLY))
    assert ledger.outbox.get(KEY) is None
    ledger.store_visit(KEY, visit(at=LATE))  # nothing new
    assert ledger.outbox.get(KEY) is None


def test_what_came_since_it_was_taken_waits_still(ledger: SqliteLedger) -> None:
    ledger.store_visit(KEY, visit())
    ledger.store_visit(KEY, visit(article=replace(ARTICLE, title="B"), at=LATE))
    ledger.outbox.forget(Delivery(KEY, EARLY))
    assert ledger.outbox.get(KEY) == Delivery(KEY, LATE)  # and is new, as nobody had it


def test_changes_that_wait_come_together(ledger: SqliteLedger) -> None:
    ledger.store_visit(KEY, visit())
    ledger.outbox.forget(Delivery(KEY, EARLY))
    second = replace(ARTICLE, title="B")
    ledger.store_visit(KEY, visit(article=second, at=LATE))
    last = "2024-05-16T08:30:00Z"
    ledger.store_visit(KEY, visit(article=replace(second, section="S"), at=last))
    assert ledger.outbox.get(KEY) == Delivery(KEY, last, ("title", "section"))
