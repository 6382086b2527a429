"""Pages as vendors, content systems and newsrooms serve them, and the state that each gets.

The pages are written for these tests. Of a new kind add the page first and see what it gets.
"""

from __future__ import annotations

from collections import Counter

import pytest

from crawler.states import State
from tests.extraction.classify.case import Case, cases

CASES = cases()
KINDS = {"blocked", "consent-wall", "paywalled", "soft-404", "list-page", "login", "parked"}
KINDS |= {"moved-home", "ok"}
LEAST_RIGHT = 0.96  # goes up only
# Pages that get another state than they should, each with what it gets.
KNOWN_MISSES: dict[str, str] = {}
# An article that begins to be taken for something else is worse than a wall that is missed.
MOST_FALSE_ALARMS = 0


@pytest.fixture(scope="module")
def verdicts() -> dict[str, tuple[Case, str]]:
    return {
        f"{case.state}/{case.name}": (case, str(case.read(wants_body=True).state)) for case in CASES
    }


def test_the_collection_has_pages_of_every_kind_and_good_ones_that_look_like_them() -> None:
    counts = Counter(case.state for case in CASES)
    assert set(counts) == KINDS
    assert min(counts.values()) >= 5
    assert counts["ok"] >= 25
    assert counts.total() - counts["ok"] >= 60


def test_nearly_all_pages_get_the_state_that_they_should(
    verdicts: dict[str, tuple[Case, str]],
) -> None:
    wrong = {name: got for name, (case, got) in verdicts.items() if got != case.state}
    assert wrong == KNOWN_MISSES
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(verdicts)


def test_no_good_page_is_taken_for_another_kind(verdicts: dict[str, tuple[Case, str]]) -> None:
    alarms = [name for name, (case, got) in verdicts.items() if case.state == "ok" and got != "ok"]
    assert len(alarms) <= MOST_FALSE_ALARMS, alarms


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.state}/{case.name}")
def test_a_verdict_comes_with_its_evidence_and_an_article_only_where_there_is_a_text(
    case: Case,
) -> None:
    reading = case.read()
    if reading.state in {State.OK, State.EMPTY}:
        assert reading.detail is None
        return
    assert reading.detail
    assert len(reading.detail) <= 200
    assert (reading.page is not None) == (reading.state is State.PAYWALLED)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.state == "paywalled"], ids=lambda case: case.name
)
def test_the_free_part_is_kept_without_the_words_of_the_wall(case: Case) -> None:
    answer = case.read().page
    assert answer is not None
    article = answer.article
    assert article.kind is None, "it is the state of the visit, and not kept with the article"
    assert article.word_count >= 10
    for word in ("subscri", "abonn", "suscr", "prenumer", "assin", "abbonat", "会員", "подписк"):
        assert word not in article.markdown.lower().replace(article.title or "", "")


@pytest.mark.parametrize("state", ["list-page", "paywalled"])
def test_of_a_video_no_text_is_missed(state: str) -> None:
    case = next(case for case in CASES if case.state == state)
    assert case.read(wants_body=False).state is State.UNSUPPORTED


def test_a_video_behind_a_wall_is_not_taken_for_the_wall() -> None:
    case = next(case for case in CASES if case.name == "google-en")
    reading = case.read(wants_body=False)
    assert (reading.state, reading.page) == (State.CONSENT_WALL, None)
