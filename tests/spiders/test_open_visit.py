from __future__ import annotations

import re

import pytest

from crawler.crawl.open_visit import OpenVisit, PageRead
from crawler.extraction.article import Article
from crawler.ledger.records import Attempt, Snapshot, SourceRecord
from crawler.states import State

FIRST, SECOND, AMP = (f"https://news.example/{name}" for name in ("a", "b", "amp"))
SOURCE = SourceRecord("news.example/a", (FIRST, SECOND, AMP), amp_from=2)


def open_visit(*states: State) -> OpenVisit:
    walked = OpenVisit(SOURCE)
    for state in states:
        walked = walked.after(Attempt(walked.url, state))
    return walked


def test_the_urls_are_tried_in_their_order() -> None:
    assert OpenVisit(SOURCE).url == FIRST
    assert open_visit(State.GONE).url == SECOND
    assert open_visit(State.GONE, State.TIMEOUT).url == AMP


@pytest.mark.parametrize(
    ("states", "is_over"),
    [
        ([State.OK], True),
        ([State.UNSUPPORTED], True),
        ([State.EMPTY], False),
        ([State.TIMEOUT, State.ROBOTS], False),
        ([State.GONE, State.OK], True),
        ([State.GONE, State.GONE, State.GONE], True),
    ],
)
def test_a_trail_is_over_after_a_good_answer_or_the_last_url(
    states: list[State], *, is_over: bool
) -> None:
    assert open_visit(*states).is_over is is_over


def test_a_step_leaves_the_trail_before_it_as_it_was() -> None:
    start = OpenVisit(SOURCE)
    start.after(Attempt(FIRST, State.GONE))
    assert start == OpenVisit(SOURCE)


def test_the_visit_has_every_try_and_what_the_deciding_page_said() -> None:
    empty, article = Article(title="No text"), Article(markdown="Text.")
    walked = OpenVisit(SOURCE).after(Attempt(FIRST, State.EMPTY), PageRead(empty, '"1"', "Monday"))
    walked = walked.after(Attempt(SECOND, State.OK), PageRead(article, '"2"', "Tuesday"))
    visit = walked.closed()
    assert visit.state is State.OK
    assert [attempt.url for attempt in visit.attempts] == [FIRST, SECOND]
    assert visit.attempt.url == SECOND
    assert visit.article is article
    assert (visit.etag, visit.last_modified) == ('"2"', "Tuesday")
    assert not visit.via_amp
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", visit.at)


def test_without_a_good_answer_the_page_of_the_first_url_counts() -> None:
    empty = Article(title="No text")
    walked = OpenVisit(SOURCE).after(Attempt(FIRST, State.EMPTY), PageRead(empty))
    visit = walked.after(Attempt(SECOND, State.GONE)).after(Attempt(AMP, State.ROBOTS)).closed()
    assert (visit.state, visit.answered, visit.article) == (State.EMPTY, 0, empty)


def test_a_try_that_may_do_better_later_leaves_no_article() -> None:
    walked = OpenVisit(SOURCE).after(
        Attempt(FIRST, State.EMPTY), PageRead(Article(title="No text"))
    )
    visit = walked.after(Attempt(SECOND, State.TIMEOUT)).after(Attempt(AMP, State.GONE)).closed()
    assert (visit.state, visit.answered, visit.article) == (State.TIMEOUT, 1, None)


def test_an_article_off_the_amp_page_is_known_as_such() -> None:
    walked = open_visit(State.GONE, State.GONE).after(
        Attempt(AMP, State.OK), PageRead(Article(markdown="x"))
    )
    assert walked.closed().via_amp


@pytest.mark.parametrize(("url", "via_amp"), [(FIRST, False), (SECOND, False), (AMP, True)])
def test_a_snapshot_ends_a_trail_well_after_all_its_tries(url: str, *, via_amp: bool) -> None:
    lost = open_visit(State.GONE, State.NOT_FOUND, State.GONE)
    taken = Snapshot("2026-11-24T00:00:00Z", "https://archive.example/1", "2024-05-16T08:09:10Z")
    article = Article(markdown="Text.")
    found = lost.archived(url, article, taken, 200, 0.5)
    visit = found.closed()
    assert found.is_over
    assert (visit.state, visit.answered, visit.article) == (State.ARCHIVED, 3, article)
    assert visit.attempt == Attempt(
        url, State.ARCHIVED, status=200, detail="snapshot of 2024-05-16T08:09:10Z", seconds=0.5
    )
    assert (visit.snapshot, visit.etag, visit.last_modified) == (taken, None, None)
    assert visit.via_amp is via_amp


def test_what_an_archive_had_is_added_to_the_evidence() -> None:
    lost = (
        OpenVisit(SOURCE)
        .after(Attempt(FIRST, State.PARKED, detail="parked"))
        .after(Attempt(SECOND, State.GONE))
    )
    noted = lost.noted({FIRST: "no snapshot"})
    assert [attempt.detail for attempt in noted.attempts] == ["parked; no snapshot", None]


def test_the_pages_that_follow_are_part_of_the_last_answer() -> None:
    gone = OpenVisit(SOURCE).after(Attempt(FIRST, State.GONE))
    first = gone.after(
        Attempt(SECOND, State.OK), PageRead(Article(markdown="One."), '"2"', "Tuesday")
    )
    whole = first.with_article(Article(markdown="One. Two."))
    visit = whole.closed()
    assert visit.article == Article(markdown="One. Two.")
    assert (visit.etag, visit.last_modified, visit.attempt.detail) == ('"2"', "Tuesday", None)
    assert visit.attempts == first.attempts


def test_validators_do_not_stand_for_pages_that_failed() -> None:
    first = OpenVisit(SOURCE).after(
        Attempt(FIRST, State.OK), PageRead(Article(markdown="One."), '"1"')
    )
    part = Article(markdown="One.", cut="page 2 could not be read")
    visit = first.with_article(part, is_whole=False).closed()
    assert (visit.article, visit.etag) == (part, None)
    assert visit.attempt.detail == "page 2 could not be read"
