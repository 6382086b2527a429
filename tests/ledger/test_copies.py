"""Copies of articles in a ledger: found as sources are settled, whatever the order."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING

import pytest

from crawler import duplicates
from crawler.extraction.article import Article, content_hash, count_words
from crawler.ledger.records import (
    Attempt,
    Copies,
    Copy,
    FileStamp,
    ItemRecord,
    Mention,
    SourceRecord,
    Visit,
)
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.urls.aliases import UrlFamily, url_family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B, C, D = (f"https://{name}.example/story" for name in "abcd")


def story(first: int = 0, last: int = 300) -> str:
    """A text of numbered words, which has no figures."""
    return " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(first, last))


def put(ledger: SqliteLedger, name: str, *urls: str, kind: str = "article") -> None:
    mentions = [
        (Mention(position, "", url, kind), url_family([url]))
        for position, url in enumerate(urls, -1)
    ]
    _put(ledger, name, mentions)


def _put(ledger: SqliteLedger, name: str, mentions: list[tuple[Mention, UrlFamily]]) -> None:
    ledger.put_item(ItemRecord(name, f"/i/{name}", "/i", FileStamp(1, 2), "d", "f"), mentions)
    ledger.select(name)


def store_visit(
    ledger: SqliteLedger,
    url: str,
    text: str | None,
    published: str | None = None,
    state: State = State.OK,
    at: str = "2024-05-20T08:30:00Z",
) -> SourceRecord:
    article = None
    if text is not None:
        article = Article(
            markdown=text,
            published=published,
            word_count=count_words(text),
            content_hash=content_hash(text),
        )
    attempt = Attempt(url, state, status=200)
    visit = Visit(state, at, (attempt,), article=article)
    return ledger.store_visit(url.removeprefix("https://"), visit)


def settle_another(ledger: SqliteLedger, url: str, text: str) -> None:
    """Settle a text that has nothing of the one that is held, and stays."""
    store_visit(ledger, url, text, at="2024-05-21T08:30:00Z")
    store_visit(ledger, url, text, at="2024-05-22T08:30:00Z")


def copies(ledger: SqliteLedger, url: str) -> Copies | None:
    return ledger.copies(url.removeprefix("https://"))


def urls_of(found: Copies | None) -> list[str]:
    return [] if found is None else [copy.url for copy in found.others]


def told(ledger: SqliteLedger) -> list[str]:
    return [item.output for item in ledger.items_with_other_copies()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(path)
    ledger.prepare_copies(wanted=True)
    for name, url in (("a", A), ("b", B), ("c", C), ("d", D)):
        put(ledger, f"{name}.md", url)
    yield ledger
    ledger.close()


def test_the_same_words_are_a_copy_and_the_earliest_is_the_best(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story(), "2024-05-14T10:00:00Z")
    store_visit(ledger, B, f"*{story()}*!", "2024-05-14T09:00:00Z")
    store_visit(ledger, C, story(300, 600))
    assert copies(ledger, A) == Copies(B, (Copy(B, 1.0),))
    assert copies(ledger, B) == Copies(None, (Copy(A, 1.0),))
    assert copies(ledger, C) is None


def test_nearly_the_same_words_are_a_copy_with_its_similarity(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story(), "2024-05-14")
    store_visit(ledger, B, story(0, 200), "2024-05-15")
    (copy,) = urls_of(copies(ledger, A))
    assert copy == B
    assert copies(ledger, B) == Copies(A, (Copy(A, round(196 / 296, 2)),))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_is_known_in_the_end_does_not_depend_on_the_order(
    ledger: SqliteLedger, order: tuple[int, ...]
) -> None:
    sources = [(A, story(), None), (B, story(0, 200), "2024-05-15"), (C, story(100, 300), None)]
    for index in order:
        store_visit(ledger, *sources[index])
    assert copies(ledger, A) == Copies(B, (Copy(B, 0.66), Copy(C, 0.66)))
    assert copies(ledger, B) == Copies(None, (Copy(A, 0.66),))
    assert copies(ledger, C) == Copies(A, (Copy(A, 0.66),))  # B has too little of C


def test_a_text_of_a_few_words_has_no_copies(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story(0, 33))
    store_visit(ledger, B, story(0, 33))
    assert copies(ledger, A) is None
    store_visit(ledger, C, story(0, 34))
    store_visit(ledger, D, story(0, 34))
    assert urls_of(copies(ledger, C)) == [D]


def test_a_text_that_changes_leaves_its_copies_and_finds_others(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story(0, 250))
    settle_another(ledger, C, story(400, 700))
    settle_another(ledger, B, story(400, 690))
    assert copies(ledger, A) is None
    assert urls_of(copies(ledger, B)) == [C]
    assert urls_of(copies(ledger, C)) == [B]


@pytest.mark.parametrize("first", [0, 2_000, 6_000, 7_000])  # whose minhashes share a band
def test_a_text_with_a_part_of_what_it_was_is_no_copy_of_who_has_that_still(
    ledger: SqliteLedger, first: int
) -> None:
    store_visit(ledger, A, story(first, first + 300))
    store_visit(ledger, B, story(first, first + 300))
    settle_another(ledger, A, story(first + 150, first + 600))
    assert copies(ledger, A) is None
    assert copies(ledger, B) is None


def test_nothing_is_left_of_a_text_that_nobody_holds(ledger: SqliteLedger, path: Path) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story(0, 250))
    settle_another(ledger, A, story(400, 700))
    settle_another(ledger, B, story(400, 700))
    ledger.close()
    db = sqlite3.connect(path)
    counts = [
        db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("text", "band", "alike", "text_source")
    ]
    db.close()
    assert counts == [1, 20, 0, 2]


def test_an_article_that_is_lost_stays_a_copy_as_it_stays_held(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story())
    store_visit(ledger, A, None, state=State.GONE)
    assert urls_of(copies(ledger, B)) == [A]


def test_a_source_that_no_item_names_any_more_is_nobodys_copy(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story())
    put(ledger, "a.md", C)
    assert copies(ledger, B) is None


def test_an_article_that_a_better_url_inherits_goes_on_having_copies(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story())
    better = "https://a.example/better"
    _put(ledger, "a.md", [(Mention(-1, "", better, "article"), url_family([better, A]))])
    assert copies(ledger, better) == Copies(None, (Copy(B, 1.0),))
    assert urls_of(copies(ledger, B)) == [A]  # where the text still comes from


def test_two_sources_that_came_by_one_url_are_no_copies_and_are_told_once(
    ledger: SqliteLedger,
) -> None:
    wrong = "https://wrong.example/"
    for name, url in (("a", A), ("b", B)):  # which share nothing but a wrong URL
        _put(ledger, f"{name}.md", [(Mention(-1, "", url, "article"), url_family([url, wrong]))])
        article = Article(markdown=story(), content_hash=content_hash(story()))
        attempts = (Attempt(url, State.GONE), Attempt(wrong, State.OK, status=200))
        visit = Visit(State.OK, "2024-05-20T08:30:00Z", attempts, answered=1, article=article)
        ledger.store_visit(url.removeprefix("https://"), visit)
    assert copies(ledger, A) is None
    store_visit(ledger, C, story())
    assert urls_of(copies(ledger, C)) == [wrong]


def test_only_the_first_copies_are_told(ledger: SqliteLedger) -> None:
    sites = [f"https://s{number:02}.example/story" for number in range(30)]
    for number, url in enumerate(sites):
        put(ledger, f"s{number}.md", url)
    for url in reversed(sites):
        store_visit(ledger, url, story())
    last = copies(ledger, sites[-1])
    assert last is not None
    assert (last.best, urls_of(last)) == (sites[0], sites[:20])


def test_the_items_of_all_copies_are_told_and_no_others(ledger: SqliteLedger) -> None:
    put(ledger, "names-a.md", "https://z.example/own", A)
    store_visit(ledger, A, story())
    store_visit(ledger, C, story(300, 600))
    assert told(ledger) == []
    store_visit(ledger, B, story(0, 250))  # whose own items are written with the visit
    assert told(ledger) == ["a.md", "names-a.md"]


def test_those_that_a_copy_leaves_behind_are_told(ledger: SqliteLedger, path: Path) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story())
    ledger.close()
    later = SqliteLedger(path)
    for name in "ab":
        later.select(f"{name}.md")
    assert told(later) == []
    store_visit(later, B, story())  # as it was
    assert told(later) == []
    settle_another(later, B, story(400, 700))
    assert told(later) == ["a.md"]
    later.close()


def test_a_visit_that_cannot_be_stored_leaves_no_trace_of_its_text(ledger: SqliteLedger) -> None:
    store_visit(ledger, A, story())

    def settle_two() -> None:
        with ledger.transaction():
            store_visit(ledger, B, story())
            store_visit(ledger, "https://unknown.example/", story())

    with pytest.raises(KeyError):
        settle_two()
    assert copies(ledger, A) is None


def test_switched_off_all_is_forgotten_and_switched_on_it_is_found_again(path: Path) -> None:
    ledger = SqliteLedger(path)
    for name, url in (("a", A), ("b", B), ("c", C)):
        put(ledger, f"{name}.md", url)
    store_visit(ledger, A, story())  # before anybody wanted copies
    store_visit(ledger, C, None, state=State.GONE)
    ledger.prepare_copies(wanted=True)
    store_visit(ledger, B, story())
    assert copies(ledger, A) is None
    while ledger.catch_up_copies(1):
        pass
    assert urls_of(copies(ledger, A)) == [B]
    ledger.prepare_copies(wanted=False)
    assert not ledger.catch_up_copies(1)
    assert copies(ledger, A) is None
    store_visit(ledger, B, story(0, 290))
    ledger.prepare_copies(wanted=True)
    while ledger.catch_up_copies(1):
        pass
    assert copies(ledger, A) == Copies(None, (Copy(B, 0.97),))
    ledger.close()


def test_what_was_found_in_another_way_is_found_anew(
    ledger: SqliteLedger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_visit(ledger, A, story())
    store_visit(ledger, B, story())
    ledger.close()
    monkeypatch.setattr(duplicates, "_LIMITS", ("other",))
    duplicates.index_version.cache_clear()
    later = SqliteLedger(path)
    later.prepare_copies(wanted=True)
    assert copies(later, A) is None
    assert later.catch_up_copies(10)
    assert not later.catch_up_copies(10)
    assert urls_of(copies(later, A)) == [B]
    later.close()
    duplicates.index_version.cache_clear()


def test_no_text_is_compared_with_all_others(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    monkeypatch.setattr(
        "crawler.ledger.copy_rows.decode_visit",
        lambda packed: compared.append(packed) or pytest.fail("a text was read to compare it"),
    )
    for number in range(200):
        url = f"https://n{number}.example/story"
        put(ledger, f"n{number}.md", url)
        store_visit(ledger, url, " ".join(f"w{number}x{n}" for n in range(100)))
    assert compared == []
