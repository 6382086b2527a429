from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.metadata.dates import parse_date_time

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2020-09-04", "2020-09-04"),
        ("2020-9-4", "2020-09-04"),
        ("2020/09/04", "2020-09-04"),
        ("20200904", "2020-09-04"),
        ("2020-09-04T10:00", "2020-09-04T10:00:00"),
        (" 2020-09-04\n10:00:00 ", "2020-09-04T10:00:00"),
        ("2020-09-04T10:00:00.123456789Z", "2020-09-04T10:00:00Z"),
        ("2020-09-04T10:00:00+0200", "2020-09-04T10:00:00+02:00"),
        ("2020-09-04 10:00:00 +02:00", "2020-09-04T10:00:00+02:00"),
        ("2020-09-04T10:00:00-05", "2020-09-04T10:00:00-05:00"),
        ("2020-09-04T10:00:00Z[UTC]", "2020-09-04T10:00:00Z"),
        ("2020-09-04T10:00:00+02:00[Europe/Berlin]", "2020-09-04T10:00:00+02:00"),
        ("2020-09-04 10:00:00 UTC", "2020-09-04T10:00:00Z"),
        ("2020-09-04T10:00:00-00:00", "2020-09-04T10:00:00Z"),
        ("20200904T100000Z", "2020-09-04T10:00:00Z"),
        ("20200904100000", "2020-09-04T10:00:00"),
        ("Fri, 04 Sep 2020 10:00:00 +0200", "2020-09-04T10:00:00+02:00"),
        ("04 Sep 2020 10:00 EST", "2020-09-04T10:00:00-05:00"),
        ("Fri Sep 04 2020 10:00:00 GMT+0200 (Central European)", "2020-09-04T10:00:00+02:00"),
        ("Fri Sep  4 10:00:00 UTC 2020", "2020-09-04T10:00:00Z"),
        ("September 4, 2020", "2020-09-04"),
        ("4th September 2020 at 3:05 pm", "2020-09-04T15:05:00"),
        ("Sept. 4, 2020, 12:30 a.m.", "2020-09-04T00:30:00"),
        ("1599213600", "2020-09-04T10:00:00Z"),
        ("1599213600000", "2020-09-04T10:00:00Z"),
        ("2026-01-16T11:00:00Z", "2026-01-16T11:00:00Z"),
    ],
)
def test_a_date_keeps_the_precision_it_was_given_with(value: str, expected: str) -> None:
    assert parse_date_time(value, now=NOW) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("", "nan", "2020", "2020-09", "14:20", "yesterday", "04/09/2020", "4.9.2020"),
        *("2020-02-31", "0000-00-00", "2020-13-01", "2020-09-04T25:00:00", "20200231"),
        *("2020-09-04T10:00:00+99:00", "1990-12-31", "2026-01-17", "99999999999999999999"),
        *("31 February 2020", "Posted on 2020-09-04", "2020-09-04" + " " * 200 + "x"),
    ],
)
def test_an_impossible_unclear_or_future_date_is_refused(value: str) -> None:
    assert parse_date_time(value, now=NOW) is None


@settings(deadline=None)  # a busy machine is no defect
@given(st.text(alphabet="0123456789-:/T+Z. JanSepFri,GMT()[]", max_size=120) | st.text())
def test_any_text_gives_a_readable_date_or_none(value: str) -> None:
    parsed = parse_date_time(value, now=NOW)
    if parsed is not None:
        assert datetime.fromisoformat(parsed).year in range(1991, 2027)
        assert parse_date_time(parsed, now=NOW) == parsed


@settings(deadline=None)  # a busy machine is no defect
@given(
    st.integers(662_774_400, 1_767_225_600).map(lambda second: datetime.fromtimestamp(second, UTC))
)
def test_a_moment_survives_its_own_iso_form(moment: datetime) -> None:
    parsed = parse_date_time(moment.isoformat(), now=NOW)
    assert parsed is not None
    assert datetime.fromisoformat(parsed) == moment
