from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.extraction.article import Article
from crawler.ledger.better import after_visit
from crawler.ledger.records import Attempt, SourceRecord, Visit
from crawler.states import State

URL = "https://example.com/a"
UNVISITED = SourceRecord(key="example.com/a", urls=(URL,), amp_from=1)


def visit(state: State, at: str, *, text: str = "", status: int | None = 200) -> Visit:
    article = Article(markdown=text) if text else None
    return Visit(state, at, (Attempt(URL, state, status=status),), article=article)


OK = visit(State.OK, "2026-01-01T00:00:00Z", text="the news")
HELD = after_visit(UNVISITED, OK)


def test_the_first_visit_is_held_whatever_it_was() -> None:
    lost = visit(State.NOT_FOUND, "2026-01-01T00:00:00Z", status=404)
    assert after_visit(UNVISITED, lost).held == lost


def test_a_worse_visit_is_noted_beside_the_article_and_does_not_replace_it() -> None:
    gone = visit(State.GONE, "2026-01-02T00:00:00Z", status=410)
    record = after_visit(HELD, gone)
    assert record.held == OK
    assert record.last == gone
    assert record.checked_at == gone.at


def test_the_same_failure_again_keeps_the_time_of_the_first() -> None:
    first = visit(State.GONE, "2026-01-02T00:00:00Z", status=410)
    again = replace(first, at="2026-01-03T00:00:00Z")
    record = after_visit(after_visit(HELD, first), again)
    assert record.last == first
    assert record.checked_at == again.at


def test_another_failure_replaces_the_last_one() -> None:
    first = visit(State.GONE, "2026-01-02T00:00:00Z", status=410)
    other = visit(State.TIMEOUT, "2026-01-03T00:00:00Z", status=None)
    assert after_visit(after_visit(HELD, first), other).last == other


def test_the_same_article_again_keeps_the_time_and_takes_the_new_validators() -> None:
    again = replace(OK, at="2026-01-03T00:00:00Z", etag='"2"')
    record = after_visit(HELD, again)
    assert record.held == replace(OK, etag='"2"')
    assert record.checked_at == again.at


def test_a_new_article_replaces_the_old_one_and_clears_the_failure() -> None:
    failed = after_visit(HELD, visit(State.TIMEOUT, "2026-01-02T00:00:00Z", status=None))
    newer = visit(State.OK, "2026-01-03T00:00:00Z", text="corrected news")
    record = after_visit(failed, newer)
    assert record.held == newer
    assert record.last is None


def test_an_amp_page_does_not_replace_the_article_itself() -> None:
    attempts = (
        Attempt(URL, State.SERVER_ERROR, status=500),
        Attempt(URL + "/amp", State.OK, status=200),
    )
    article = Article(markdown="short")
    amp = Visit(
        State.OK, "2026-01-03T00:00:00Z", attempts, answered=1, via_amp=True, article=article
    )
    record = after_visit(HELD, amp)
    assert record.held == OK
    assert record.last is not None
    assert record.last.state is State.SERVER_ERROR
    assert record.last.attempt == attempts[0]


def test_what_came_from_a_url_that_was_taken_back_is_given_up() -> None:
    elsewhere = replace(HELD, urls=("https://example.com/corrected",))
    lost = visit(State.NOT_FOUND, "2026-01-02T00:00:00Z", status=404)
    assert after_visit(elsewhere, lost).held == lost


def test_the_article_itself_replaces_what_its_amp_page_gave() -> None:
    amp = replace(visit(State.OK, "2026-01-01T00:00:00Z", text="short"), via_amp=True)
    assert after_visit(after_visit(UNVISITED, amp), OK).held == OK


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (State.NOT_FOUND, State.GONE),
        (State.SERVER_ERROR, State.NOT_FOUND),
        (State.TIMEOUT, State.SERVER_ERROR),
    ],
)
def test_a_failure_replaces_one_that_said_no_more(earlier: State, later: State) -> None:
    first = visit(earlier, "2026-01-01T00:00:00Z", status=None)
    second = visit(later, "2026-01-02T00:00:00Z", status=None)
    assert after_visit(after_visit(UNVISITED, first), second).held == second


def test_a_failure_that_may_pass_does_not_replace_one_for_good() -> None:
    first = visit(State.NOT_FOUND, "2026-01-01T00:00:00Z", status=404)
    second = visit(State.SERVER_ERROR, "2026-01-02T00:00:00Z", status=500)
    record = after_visit(after_visit(UNVISITED, first), second)
    assert (record.held, record.last) == (first, second)


def test_a_page_without_a_text_keeps_its_metadata_when_it_is_lost() -> None:
    empty = replace(visit(State.EMPTY, "2026-01-01T00:00:00Z"), article=Article(title="A title"))
    lost = visit(State.NOT_FOUND, "2026-01-02T00:00:00Z", status=404)
    record = after_visit(after_visit(UNVISITED, empty), lost)
    assert (record.held, record.last) == (empty, lost)


def test_a_page_that_has_not_changed_keeps_all_and_ends_the_bad_news() -> None:
    failed = after_visit(HELD, visit(State.TIMEOUT, "2026-01-02T00:00:00Z", status=None))
    unchanged = visit(State.NOT_MODIFIED, "2026-01-03T00:00:00Z", status=304)
    record = after_visit(failed, unchanged)
    assert record.held == OK
    assert (record.last, record.failures) == (None, 0)
    assert record.checked_at == "2026-01-03T00:00:00Z"


def test_a_deferred_visit_teaches_nothing() -> None:
    failed = after_visit(HELD, visit(State.GONE, "2026-01-02T00:00:00Z", status=410))
    deferred = visit(State.DEFERRED, "2026-01-03T00:00:00Z", status=None)
    assert after_visit(failed, deferred) == replace(failed, last_state=State.DEFERRED)
    fresh = after_visit(replace(HELD, held=None), deferred)
    assert fresh.held == deferred
    assert fresh.failures == 0


def test_failures_are_counted_in_a_row_and_by_whether_they_may_pass() -> None:
    record, counts = HELD, []
    for number, state in enumerate(
        [State.TIMEOUT, State.SERVER_ERROR, State.GONE, State.NOT_FOUND, State.OK, State.GONE], 2
    ):
        text = "the news" if state is State.OK else ""
        record = after_visit(record, visit(state, f"2026-01-0{number}T00:00:00Z", text=text))
        counts.append(record.failures)
    assert counts == [1, 2, 1, 2, 0, 1]


def test_an_archived_article_gives_way_to_the_page_itself_and_never_replaces_it() -> None:
    archived = visit(State.ARCHIVED, "2026-01-02T00:00:00Z", text="as it was")
    assert after_visit(HELD, archived).held == OK
    lost = after_visit(replace(HELD, held=None), archived)
    assert lost.held == archived
    assert after_visit(lost, OK).held == OK
    gone = after_visit(lost, visit(State.GONE, "2026-01-03T00:00:00Z", status=410))
    assert gone.held == archived
    assert gone.last is None, "that the page is lost is said by the state already"
    assert gone.failures == 2
    failed = after_visit(lost, visit(State.TIMEOUT, "2026-01-03T00:00:00Z", status=None))
    assert failed.last is not None


NOT_ARTICLES = [State.CONSENT_WALL, State.BLOCKED, State.SOFT_404, State.LIST_PAGE, State.LOGIN]
NOT_ARTICLES += [State.PARKED, State.MOVED_HOME]


@pytest.mark.parametrize("state", [*NOT_ARTICLES, State.PAYWALLED])
def test_a_page_of_another_kind_never_replaces_a_stored_article(state: State) -> None:
    text = "the news, in part" if state.has_text else ""
    later = visit(state, "2026-01-02T00:00:00Z", text=text)
    record = after_visit(HELD, later)
    assert record.held == OK
    assert record.last == replace(later, article=None)
    amp = replace(OK, via_amp=True)
    archived = visit(State.ARCHIVED, "2026-01-01T00:00:00Z", text="the news, once")
    for good in (amp, archived):
        assert after_visit(after_visit(UNVISITED, good), later).held == good


@pytest.mark.parametrize("state", NOT_ARTICLES)
def test_a_free_part_is_better_than_no_text_and_gives_way_to_the_whole(state: State) -> None:
    part = visit(State.PAYWALLED, "2026-01-02T00:00:00Z", text="the news, in part")
    none = visit(state, "2026-01-01T00:00:00Z")
    assert after_visit(after_visit(UNVISITED, none), part).held == part
    assert after_visit(after_visit(UNVISITED, part), none).held == part
    assert after_visit(after_visit(UNVISITED, part), OK).held == OK
    metadata = visit(State.UNSUPPORTED, "2026-01-01T00:00:00Z", text="a title")
    assert after_visit(after_visit(UNVISITED, metadata), part).held == part


def pages(count: int | None, at: str, *, torn: bool = False, state: State = State.OK) -> Visit:
    article = Article(
        markdown=f"{count} pages of {at}",
        page_count=count,
        next_page=f"{URL}?page=9" if torn else None,
    )
    return replace(visit(state, at), article=article)


@pytest.mark.parametrize("count", [None, 2])
def test_a_page_that_failed_takes_nothing_away_from_an_article_over_several(
    count: int | None,
) -> None:
    whole = pages(3, "2026-01-01T00:00:00Z")
    record = after_visit(after_visit(UNVISITED, whole), pages(count, "later", torn=True))
    assert (record.held, record.last, record.checked_at) == (whole, None, "later")


@pytest.mark.parametrize(
    "later",
    [
        pages(2, "2026-01-02T00:00:00Z"),
        pages(3, "2026-01-02T00:00:00Z", torn=True),
        pages(4, "2026-01-02T00:00:00Z", torn=True),
    ],
)
def test_an_article_that_has_fewer_pages_by_itself_or_no_fewer_is_the_news(later: Visit) -> None:
    record = after_visit(UNVISITED, pages(3, "2026-01-01T00:00:00Z"))
    assert after_visit(record, later).held == later


def test_a_part_of_the_page_itself_is_better_than_all_of_its_snapshot() -> None:
    record = after_visit(UNVISITED, pages(3, "2026-01-01T00:00:00Z", state=State.ARCHIVED))
    later = pages(2, "2026-01-02T00:00:00Z", torn=True)
    assert after_visit(record, later).held == later
