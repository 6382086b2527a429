from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extraction.metadata.candidates import Candidate
from crawler.extraction.metadata.publication import best_date, publication_dates

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def _date(*values: str) -> str | None:
    return best_date([Candidate(value, "meta") for value in values], NOW).value


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("2020-09-04", "2020-09-04T10:00:00+02:00"), "2020-09-04T10:00:00+02:00"),
        (("2020-09-04", "2020-09-04T10:00:00"), "2020-09-04T10:00:00"),
        (("2020-09-03", "2020-09-04T00:30:00+02:00"), "2020-09-04T00:30:00+02:00"),
        (("2020-09-04T00:00:00+02:00", "2020-09-04T10:00:00Z"), "2020-09-04T10:00:00Z"),
        (("2020-09-04T10:00:00", "2020-09-04T10:00:30+02:00"), "2020-09-04T10:00:30+02:00"),
        (("2020-09-04T08:00:00", "2020-09-04T10:00:00+02:00"), "2020-09-04T10:00:00+02:00"),
    ],
)
def test_a_later_source_refines_the_same_moment(values: tuple[str, ...], expected: str) -> None:
    assert _date(*values) == expected


@pytest.mark.parametrize(
    "values",
    [
        ("2020-09-04", "2020-09-06T10:00:00Z"),
        ("2020-09-04T10:00:00", "2020-09-04T15:00:00Z"),
        ("2020-09-04T10:00:00Z", "2020-09-04T11:00:00Z"),
    ],
)
def test_a_later_source_does_not_overrule_the_first(values: tuple[str, str]) -> None:
    assert _date(*values) == values[0]


def test_an_unreadable_first_source_is_passed_over() -> None:
    assert _date("soon", "2020-02-31", "2020-09-04") == "2020-09-04"


@pytest.mark.parametrize(
    ("published", "modified", "kept"),
    [
        ("2020-09-04T10:00:00Z", "2020-09-04T09:00:00Z", False),
        ("2020-09-04T10:00:00Z", "2020-09-04T12:30:00+02:00", True),
        ("2020-09-04T10:00:00Z", "2020-09-03", False),
        ("2020-09-04T10:00:00Z", "2020-09-04", True),
    ],
)
def test_a_change_before_the_publication_is_dropped(
    published: str, modified: str, *, kept: bool
) -> None:
    first, last = publication_dates(
        [Candidate(published, "json-ld")], [Candidate(modified, "meta")], list, NOW
    )
    assert first == (published, "json-ld")
    assert last.value == (modified if kept else None)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ([], ("2020-09-04T10:15:00", "byline")),
        (["2020-09-04"], ("2020-09-04T10:15:00", "byline")),
        (["2020-09-03"], ("2020-09-03", "meta")),
        (["2020-09-04T10:00:00"], ("2020-09-04T10:00:00", "meta")),
        (["2090-01-01"], ("2020-09-04T10:15:00", "byline")),
    ],
)
def test_what_readers_see_counts_where_nothing_else_says_more_than_the_day(
    published: list[str], expected: tuple[str, str]
) -> None:
    def visible() -> list[Candidate]:
        return [Candidate("2020-09-04T10:15:00", "byline")]

    raw = [Candidate(value, "meta") for value in published]
    assert publication_dates(raw, [], visible, NOW)[0] == expected
