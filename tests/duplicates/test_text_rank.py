from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.duplicates import text_rank
from crawler.extraction.article import Article
from crawler.ledger.records import Attempt, SourceRecord, Visit
from crawler.states import State

OWN = "https://news.example/bridge"


def record(
    published: str | None = "2024-05-14T08:00:00Z",
    *,
    url: str = OWN,
    canonical: str | None = None,
    words: int = 300,
    state: State = State.OK,
    said_by_item: str | None = None,
    redirects: tuple[str, ...] = (),
) -> SourceRecord:
    article = Article(
        markdown="Text.", published=published, canonical_url=canonical, word_count=words
    )
    attempt = Attempt(url, state, redirects=redirects, status=200)
    held = Visit(state, "2024-05-20T08:30:00Z", (attempt,), article=article)
    return SourceRecord(url.removeprefix("https://"), (url,), 1, held=held, published=said_by_item)


@pytest.mark.parametrize(
    ("best", "other"),
    [
        (record("2024-05-14T08:00:00Z"), record("2024-05-14T08:00:01Z")),
        (record("2024-05-14T10:00:00+02:00"), record("2024-05-14T08:30:00Z")),
        (record("2024-05-14T09:00:00"), record("2024-05-14")),  # a day is over at its end
        (record("2024-05-14"), record("2024-05-15T00:30:00Z")),
        (record("2024-05-14"), record(None)),
        (record(None, said_by_item="2024-05-14T08:00:00Z"), record("2024-05-14T09:00:00Z")),
        (record("yesterday", said_by_item="2024-05-14T08:00:00Z"), record("2024-05-15")),
        (record("2024-05-14T09:00:00Z"), record(canonical="https://origin.example/bridge")),
        (record("2024-05-14T09:00:00Z"), record(state=State.ARCHIVED)),
        (record(canonical=OWN), record(canonical="https://www.news.example/bridge-2")),
        (record(), record(url="https://a.example/", redirects=(OWN,))),
        (record(words=300), record(words=299)),
        (record(url="https://a.example/x"), record(url="https://b.example/x")),
    ],
    ids=[
        "earlier",
        "earlier in another zone",
        "with a time",
        "an earlier day",
        "with a date",
        "the item's date, where the page has none",
        "the item's date, where the page's is none",
        "not a copy by its own word",
        "still there",
        "canonical itself",
        "not by way of a redirect",
        "longer",
        "by its key",
    ],
)
def test_the_better_copy_sorts_first(best: SourceRecord, other: SourceRecord) -> None:
    assert text_rank(best) < text_rank(other)


@pytest.mark.parametrize(
    "canonical", [None, "http://www.news.example/bridge/", "https://m.news.example/bridge"]
)
def test_a_canonical_page_on_the_same_site_is_no_other_site(canonical: str | None) -> None:
    assert text_rank(record(canonical=canonical)).startswith("00 ")


def test_a_redirected_page_is_on_the_site_where_it_was_found() -> None:
    moved = record(
        canonical="https://new.example/bridge", redirects=("https://new.example/bridge",)
    )
    assert text_rank(moved).startswith("00 2024-05-14T08:00:00Z 1 ")


def test_an_impossible_date_counts_as_none() -> None:
    impossible = record("9999-12-31T23:59:59-12:00")
    assert text_rank(impossible) == text_rank(record(None))


def test_it_does_not_matter_when_a_page_was_fetched() -> None:
    early = record()
    assert early.held is not None
    late = replace(early, held=replace(early.held, at="2025-01-01T00:00:00Z"))
    assert text_rank(late) == text_rank(early)
