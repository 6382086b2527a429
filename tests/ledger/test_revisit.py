from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler import settings as project
from crawler.ledger.revisit import LastVisit, RevisitPolicy
from crawler.options import OptionError
from crawler.states import State

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
NOW = datetime(2025, 5, 14, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEFAULTS = {name: getattr(project, name) for name in dir(project) if "REVISIT" in name}


def gaps(policy: RevisitPolicy, state: State, failures: range) -> list[timedelta]:
    """Time from a visit to the next, by failures in a row."""
    visits = [LastVisit(state, NOON, NOON, failures=count) for count in failures]
    return [due - NOON for last in visits if (due := policy.due_at(last, NOW)) is not None]


def test_the_settings_of_the_project_are_the_policy_s_own_defaults() -> None:
    assert RevisitPolicy.from_settings(DEFAULTS) == RevisitPolicy()


def test_a_fresh_article_is_looked_at_again_as_it_ages_and_then_rarely() -> None:
    policy, at, ages = RevisitPolicy(), NOON, []
    for _ in range(7):
        due = policy.due_at(LastVisit(State.OK, at, NOON), NOW)
        assert due is not None
        ages.append(due - NOON)
        at = due
    week = 7 * DAY
    assert ages == [2 * HOUR, 8 * HOUR, DAY, 3 * DAY, week, week + 90 * DAY, week + 180 * DAY]


def test_a_look_that_was_missed_is_not_made_up_for() -> None:
    late = LastVisit(State.NOT_MODIFIED, NOON + 10 * HOUR, NOON)
    assert RevisitPolicy().due_at(late, NOW) == NOON + DAY


def test_what_may_pass_is_tried_by_the_very_next_run_and_then_with_growing_gaps() -> None:
    minutes = [
        gap / timedelta(minutes=1) for gap in gaps(RevisitPolicy(), State.TIMEOUT, range(1, 8))
    ]
    assert minutes == [0, 10, 40, 160, 640, 1440, 1440]


@pytest.mark.parametrize(
    "state",
    [State.GONE, State.ARCHIVED, State.ROBOTS, State.EMPTY, State.PAYWALLED, State.CONSENT_WALL],
)
def test_what_is_likely_to_last_is_looked_at_with_growing_gaps_up_to_a_limit(state: State) -> None:
    days = [gap / DAY for gap in gaps(RevisitPolicy(), state, range(1, 8))]
    assert days == [1, 3, 9, 27, 81, 90, 90]


def test_a_bot_wall_is_not_tried_harder_though_it_may_pass() -> None:
    assert State.BLOCKED.is_transient
    days = [gap / DAY for gap in gaps(RevisitPolicy(), State.BLOCKED, range(1, 5))]
    assert days == [1, 3, 9, 27]


def test_failures_without_end_overflow_nothing() -> None:
    far = range(10**6, 10**6 + 1)
    assert gaps(RevisitPolicy(), State.GONE, far) == [90 * DAY]
    assert gaps(RevisitPolicy(), State.TIMEOUT, far) == [DAY]


def test_nothing_is_due_before_the_site_wants_it() -> None:
    later = NOON + 5 * HOUR
    for state in (State.RATE_LIMITED, State.DEFERRED, State.ROBOTS):
        assert RevisitPolicy().due_at(LastVisit(state, NOON, NOON, 1, later), NOW) == later
    many = LastVisit(State.RATE_LIMITED, NOON, NOON, 9, later)
    assert RevisitPolicy().due_at(many, NOW) == NOON + DAY


def test_never_ends_the_visits() -> None:
    chosen = {**DEFAULTS, "CRAWLER_REVISIT_FRESH": "", "CRAWLER_REVISIT_OLD": "never"}
    policy = RevisitPolicy.from_settings({**chosen, "CRAWLER_REVISIT_LIMIT": "never"})
    for state in (State.OK, State.UNSUPPORTED, State.GONE):
        assert policy.due_at(LastVisit(state, NOON, NOON, 1), NOW) is None
    assert policy.due_at(LastVisit(State.TIMEOUT, NOON, NOON, 1), NOW) == NOON


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRAWLER_REVISIT_FRESH", "2h soon"),
        ("CRAWLER_REVISIT_FRESH", 7),
        ("CRAWLER_REVISIT_OLD", "90"),
        ("CRAWLER_REVISIT_FAILED", "never"),
        ("CRAWLER_REVISIT_LOST", ""),
    ],
)
def test_a_setting_that_is_no_span_of_time_is_named(name: str, value: object) -> None:
    with pytest.raises(OptionError, match=name):
        RevisitPolicy.from_settings({**DEFAULTS, name: value})


@pytest.mark.parametrize(
    ("failures", "gap"),
    [
        (1, timedelta(minutes=10)),
        (2, timedelta(hours=2)),
        (3, timedelta(days=1)),
        (9, timedelta(days=90)),
    ],
)
def test_another_text_is_looked_at_again_soon_and_then_ever_more_seldom(
    failures: int, gap: timedelta
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    last = LastVisit(State.OTHER_TEXT, at, published=at, failures=failures)
    assert RevisitPolicy().due_at(last, at) == at + gap


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), DAY, 3650 * DAY])
@pytest.mark.parametrize("state", [State.OK, State.GONE, State.TIMEOUT, State.DEFERRED])
def test_a_visit_that_a_clock_has_dated_ahead_is_due_at_once(
    state: State, ahead: timedelta
) -> None:
    at = NOON + ahead
    last = LastVisit(state, at, at, 3, at + HOUR)
    assert RevisitPolicy().due_at(last, NOON) == NOON


def test_clocks_may_differ_by_a_little() -> None:
    at = NOON + timedelta(minutes=4)
    assert RevisitPolicy().due_at(LastVisit(State.GONE, at, at, 1), NOON) == at + DAY


def test_a_wait_that_nobody_is_given_is_not_waited_for() -> None:
    years = NOON + 3650 * DAY  # the clock was set back between the answer and the end of the visit
    last = LastVisit(State.RATE_LIMITED, NOON, NOON, 1, years)
    assert RevisitPolicy().due_at(last, NOON) == NOON


def test_a_first_visit_that_was_dated_ahead_puts_off_nothing() -> None:
    last = LastVisit.from_texts(
        State.OK, "2024-05-14T12:00:00Z", None, "2036-05-14T12:00:00Z", 0, None
    )
    assert RevisitPolicy().due_at(last, NOON) == NOON + 2 * HOUR
