from __future__ import annotations

from dataclasses import fields

from crawler.extraction.article import Article, Image
from crawler.ledger.records import Attempt, SourceRecord, Visit
from crawler.output.entry import source_entry, written_name
from crawler.states import State

NOT_WRITTEN = {"markdown", "origins", "declared_words", "kind", "cut"}
NOT_WRITTEN |= {"next_page", "rule_misses"}


def test_every_field_is_called_what_it_is_called_in_the_files() -> None:
    attempt = Attempt("https://a.example/", State.OK, status=200)
    visit = Visit(
        State.OK, "2024-05-14T08:30:00Z", (attempt,), article=Article(images=(Image("x"),))
    )
    record = SourceRecord("a.example", ("https://a.example/",), 1, held=visit)
    names = [written_name(field.name) for field in fields(Article) if field.name not in NOT_WRITTEN]
    assert set(names) <= source_entry(record).keys()
    assert {"publishedDateTime", "siteName", "isAccessibleForFree", "aiOptOut"} <= set(names)
