from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crawler.extraction.metadata.field_text import Candidate
from crawler.extraction.metadata.headlines import DatesNear
from crawler.extraction.metadata.publication import best_date, publication_dates

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@dataclass
class Sources:
    """What each part of a page says, as a test wants it."""

    declared: list[Candidate] = field(default_factory=list)
    changes: list[Candidate] = field(default_factory=list)
    seen: list[Candidate] = field(default_factory=list)
    vague: list[Candidate] = field(default_factory=list)
    elsewhere: list[Candidate] = field(default_factory=list)
    guessed: list[Candidate] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    address: str = ""

    def published(self) -> list[Candidate]:
        return self.declared

    def modified(self) -> list[Candidate]:
        return self.changes

    def visible_dates(self) -> DatesNear:
        return DatesNear(self.seen, [], [])

    def address_tells(self, day: str) -> bool:
        return bool(self.address) and day.startswith(self.address)

    def vague_dates(self) -> list[Candidate]:
        return self.vague

    def further_dates(self) -> list[Candidate]:
        return self.elsewhere

    def guessed_dates(self, now: datetime, changes: Iterable[str]) -> list[Candidate]:
        assert now == NOW
        self.told = list(changes)
        return self.guessed


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
    sources = Sources(
        declared=[Candidate(published, "json-ld")], changes=[Candidate(modified, "meta")]
    )
    first, last = publication_dates(sources, NOW)
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
    seen = [Candidate("2020-09-04T10:15:00", "byline")]
    raw = [Candidate(value, "meta") for value in published]
    assert publication_dates(Sources(declared=raw, seen=seen), NOW)[0] == expected


def test_a_vague_source_counts_after_readers_and_only_refines_what_is_declared() -> None:
    vague = [Candidate("2020-09-05T08:00:00Z", "meta")]
    seen = [Candidate("2020-09-04", "byline")]
    assert publication_dates(Sources(vague=vague, seen=seen), NOW)[0].value == "2020-09-04"
    assert publication_dates(Sources(vague=vague), NOW)[0].value == "2020-09-05T08:00:00Z"
    declared = [Candidate("2020-09-05T08:00:00", "json-ld")]
    sources = Sources(declared=declared, vague=vague)
    assert publication_dates(sources, NOW)[0].value == "2020-09-05T08:00:00Z"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("2021-11-05", "2021-11-05"),  # midnight in Berlin
        ("2021-11-05T00:10:00", "2021-11-04T23:00:00Z"),  # a time of day is seen
        ("2021-11-06", "2021-11-04T23:00:00Z"),
        ("2021-11-04", "2021-11-04T23:00:00Z"),
    ],
)
def test_a_midnight_that_was_written_in_utc_is_the_day_that_readers_see(
    seen: str, expected: str
) -> None:
    sources = Sources(
        declared=[Candidate("2021-11-04T23:00:00Z", "meta")], seen=[Candidate(seen, "byline")]
    )
    assert publication_dates(sources, NOW)[0].value == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("2023-11-08T18:09:00", "2023-11-08T18:09:55-07:00"),
        ("2023-11-08T20:39:55", "2023-11-08T20:39:55-04:30"),
        ("2023-11-08T18:20:00", "2023-11-09T01:09:55Z"),  # of something else
        ("2023-11-09T03:09:00", "2023-11-09T01:09:55Z"),  # on the same day
        ("2023-11-08", "2023-11-09T01:09:55Z"),
        ("2023-11-11T01:09:00", "2023-11-09T01:09:55Z"),
    ],
)
def test_a_moment_in_utc_is_told_on_the_clock_that_readers_see(seen: str, expected: str) -> None:
    declared = [Candidate("2023-11-09T01:09:55Z", "json-ld")]
    sources = Sources(declared=declared, seen=[Candidate(seen, "byline")])
    assert publication_dates(sources, NOW)[0] == (expected, "json-ld")


def test_the_last_resort_is_asked_last_and_told_the_day_of_the_change() -> None:
    changes = [Candidate("2020-09-06T10:00:00Z", "meta")]
    sources = Sources(changes=changes, guessed=[Candidate("2020-09-04", "htmldate")])
    assert publication_dates(sources, NOW)[0] == ("2020-09-04", "htmldate")
    assert sources.told == ["2020-09-06"]
    sources.elsewhere = [Candidate("2020-09-03", "time")]
    assert publication_dates(sources, NOW)[0] == ("2020-09-03", "time")


@pytest.mark.parametrize(
    ("seen", "address", "expected"),
    [
        (["2022-11-02"], "", ("2022-11-02", "byline")),
        (["2022-11-02", "2022-11-02T09:30:00"], "", ("2022-11-02T09:30:00", "byline")),
        (["2022-11-02"], "2025-06", ("2025-06-12T10:00:00Z", "json-ld")),
        (["2022-11-02", "2024-03-01"], "", ("2025-06-12T10:00:00Z", "json-ld")),
        (["2025-06-11"], "", ("2025-06-12T10:00:00Z", "json-ld")),  # in another zone
        (["2025-09-01"], "", ("2025-06-12T10:00:00Z", "json-ld")),  # of what it announces
    ],
)
def test_an_earlier_day_that_readers_see_counts_before_that_of_a_new_edition(
    seen: list[str], address: str, expected: tuple[str, str]
) -> None:
    sources = Sources(
        declared=[Candidate("2025-06-12T10:00:00Z", "json-ld")],
        seen=[Candidate(value, "byline") for value in seen],
        address=address,
    )
    assert publication_dates(sources, NOW)[0] == expected
    sources.changes = [Candidate("2025-06-12T10:00:00Z", "json-ld")]
    assert publication_dates(sources, NOW)[0] == expected
    sources.changes = [Candidate("2025-08-01T10:00:00Z", "json-ld")]
    assert publication_dates(sources, NOW)[0].value == "2025-06-12T10:00:00Z"


def test_the_same_figures_read_in_another_order_are_no_earlier_day() -> None:
    sources = Sources(
        declared=[Candidate("2021-11-01T05:00:00", "json-ld")],
        seen=[Candidate("2021-01-11", "byline")],
    )
    assert publication_dates(sources, NOW)[0].value == "2021-11-01T05:00:00"
