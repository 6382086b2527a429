from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crawler.extraction.article import Article, content_hash, count_words
from crawler.ledger.better import after_visit
from crawler.ledger.records import Attempt, SourceRecord, Visit, decode_visit, encode_visit
from crawler.states import State
from crawler.timestamps import utc_text

URL = "https://example.com/a"
START = datetime.fromisoformat("2026-01-01T00:00:00Z")
UNVISITED = SourceRecord(key="example.com/a", urls=(URL,), amp_from=1)
WORDS = [
    first + second
    for first in ("bri", "lan", "mor", "tas", "vel", "ken", "dol", "fur", "gan", "hep")
    for second in ("dge", "tern", "ning", "ket", "vet", "der", "lar", "nace", "gle", "tic")
]


def prose(count: int, seed: int) -> str:
    """So many words, in an order that no other seed has."""
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(count))


def visit(text: str, hours: float = 0, *, state: State = State.OK, title: str = "News") -> Visit:
    article = Article(
        markdown=text, title=title, word_count=count_words(text), content_hash=content_hash(text)
    )
    at = utc_text(START + timedelta(hours=hours))
    return Visit(state, at, (Attempt(URL, state, status=200),), article=article)


def after(*visits: Visit) -> SourceRecord:
    record = UNVISITED
    for one in visits:
        record = after_visit(record, one)
    return record


LONG = prose(400, 1)
ERROR = "We are sorry but the site is being worked on right now and will be back in a few hours."
CHINESE = "".join(chr(0x4E00 + (number * 37) % 2000) for number in range(300))
KEPT = {
    "an error of a few words": (LONG, ERROR),
    "a notice of the same length": (LONG, prose(400, 2)),
    "a somewhat shorter one": (LONG, prose(260, 3)),
    "a much longer one of another name": (LONG, prose(1200, 4)),
    "the beginning alone": (LONG, " ".join(LONG.split()[:150])),
    "a short text by a short one": (prose(28, 5), "this shop was closed by those who ran it " * 2),
    "a Chinese text by an English one": (CHINESE, prose(120, 6)),
    "a Chinese text by another": (CHINESE, CHINESE[::-1]),
}
TAKEN = {
    "corrected in a few places": (LONG, LONG.replace("tern", "stern", 4)),
    "grown by a half": (LONG, f"{LONG} {prose(200, 7)}"),
    "grown from below": (LONG, f"{prose(500, 8)} {LONG}"),
    "shortened by a third": (LONG, " ".join(LONG.split()[:270])),
    "half of it rewritten": (LONG, " ".join(LONG.split()[:200]) + " " + prose(220, 9)),
    "a flash that became an article": (prose(25, 10), prose(500, 11)),
    "a short text with three words changed": (
        "the old mill by the river burned down last night and nobody was hurt said the town",
        "the old mill at the river burned down last night but nobody was hurt says the town",
    ),
    "a Chinese text, corrected": (CHINESE, CHINESE.replace(CHINESE[150], "\u4e00")),
    "an error that was taken for the article": (ERROR, LONG),
}


@pytest.mark.parametrize(("before", "now"), KEPT.values(), ids=KEPT.keys())
def test_another_text_is_told_beside_the_one_that_is_held(before: str, now: str) -> None:
    held = visit(before, title="The mill")
    record = after(held, visit(now, 1, title="Another matter"))
    assert record.held == held
    assert record.last is not None
    assert record.last.state is State.OTHER_TEXT
    assert record.last_state is State.OTHER_TEXT
    assert f"{count_words(now)} words where {count_words(before)} are held" in str(
        record.last.attempt.detail
    )


@pytest.mark.parametrize(("before", "now"), TAKEN.values(), ids=TAKEN.keys())
def test_what_may_have_become_of_a_text_replaces_it_at_once(before: str, now: str) -> None:
    record = after(visit(before), visit(now, 1))
    assert record.held == visit(now, 1)
    assert record.last is None


def test_a_rewritten_article_under_the_same_title_may_grow() -> None:
    assert after(visit(LONG), visit(prose(900, 12), 1)).last is None


def test_a_rewritten_headline_is_taken_at_once() -> None:
    record = after(visit(LONG), visit(LONG, 1, title="What nobody had thought of"))
    assert record.held == visit(LONG, 1, title="What nobody had thought of")


def test_another_text_takes_the_place_once_it_has_stayed_for_a_day() -> None:
    other = prose(90, 13)
    early = after(visit(LONG), visit(other, 1), visit(other, 12), visit(other, 20))
    assert early.held == visit(LONG)
    assert early.failures == 3
    record = after_visit(early, visit(other, 22))
    assert record.held == visit(other, 22)
    assert record.last is None
    assert record.failures == 0


def test_each_other_text_has_its_own_day() -> None:
    record = after(visit(LONG), visit(prose(90, 14), 1), visit(prose(90, 15), 30))
    assert record.held == visit(LONG)
    assert after_visit(record, visit(prose(90, 15), 40)).held == visit(LONG)


def test_the_text_that_is_back_ends_the_doubt() -> None:
    record = after(visit(LONG), visit(ERROR, 1), visit(LONG, 2))
    assert record.last is None
    again = after_visit(record, visit(ERROR, 30))
    assert again.held == visit(LONG)


def test_what_stands_in_an_entry_is_enough_to_go_on() -> None:
    first = after(visit(LONG), visit(ERROR, 1))
    assert first.last is not None
    assert first.last.article is not None
    told = Visit(
        State.OTHER_TEXT,
        first.last.at,
        (Attempt(URL, State.OTHER_TEXT, status=200),),
        article=Article(content_hash=first.last.article.content_hash),
    )
    restored = replace(first, last=decode_visit(encode_visit(told)))
    assert after_visit(restored, visit(ERROR, 10)).held == visit(LONG)
    assert after_visit(restored, visit(ERROR, 25)).held == visit(ERROR, 25)


def test_the_whole_article_takes_the_place_of_its_free_part_but_an_error_does_not() -> None:
    free = visit(" ".join(LONG.split()[:60]), state=State.PAYWALLED)
    assert after(free, visit(LONG, 1)).held == visit(LONG, 1)
    assert after(free, visit(prose(50, 16), 1, title="Error")).held == free


def test_what_would_not_replace_the_article_anyway_says_what_it_is() -> None:
    record = after(visit(LONG), visit(prose(40, 17), 1, state=State.PAYWALLED))
    assert record.held == visit(LONG)
    assert record.last is not None
    assert record.last.state is State.PAYWALLED
