# ruff: noqa: RUF001 - months are called so
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
        ("1599213600000000", "2020-09-04T10:00:00Z"),
        ("2020.09.04", "2020-09-04"),
        ("24.9.2020 10:00", "2020-09-24T10:00:00"),
        ("9/24/2020", "2020-09-24"),
        ("9/9/2020", "2020-09-09"),
        ("Mon, 04 Sep 2020 10:00:00 +0200", "2020-09-04T10:00:00+02:00"),  # it was a Friday
        ("Fri, 04 Sep 20 10:00:00 GMT", "2020-09-04T10:00:00Z"),
        ("Friday, 04-Sep-20 10:00:00 GMT", "2020-09-04T10:00:00Z"),
        ("Fri, 04 Sep 2020 24:00:00 GMT", "2020-09-05T00:00:00Z"),
        ("Fri, 04 Sep 2020 23:59:60 GMT", "2020-09-04T23:59:59Z"),
        ("04 Sep 2020 10:00 MESZ", "2020-09-04T10:00:00+02:00"),
        ("04 Sep 2020 10:00 MSK", "2020-09-04T10:00:00+03:00"),
        ("04 Sep 2020 10:00 ACST", "2020-09-04T10:00:00+09:30"),
        ("04 Sep 2020 10:00 NDT", "2020-09-04T10:00:00-02:30"),
        ("04 Sep 2020 10:00 IST", "2020-09-04T10:00:00"),  # India's, Ireland's or Israel's
        ("2020-09-04T10:00:00+2", "2020-09-04T10:00:00+02:00"),
        ("2020-09-04T10:00:00\N{MINUS SIGN}05:00", "2020-09-04T10:00:00-05:00"),
        ("3rd of May 2024", "2024-05-03"),
        ("Fr., 4. Sept. 2020 10:00", "2020-09-04T10:00:00"),
        ("12. März 2024", "2024-03-12"),
        ("mar. 14 mai 2024", "2024-05-14"),
        ("1er août 2024", "2024-08-01"),
        ("lunes, 15 de enero de 2024 10:00", "2024-01-15T10:00:00"),
        ("segunda-feira, 15 de janeiro de 2024", "2024-01-15"),
        ("15 января 2024, 10:00", "2024-01-15T10:00:00"),
        ("Δευ, 15 Ιαν 2024 10:00:00 +0200", "2024-01-15T10:00:00+02:00"),
        ("15 Kasım 2023", "2023-11-15"),
        ("15 जनवरी 2024", "2024-01-15"),
        ("2024년 1월 15일 오후 3:05", "2024-01-15T15:05:00"),
        ("2024年1月15日(月) 15時05分30秒", "2024-01-15T15:05:30"),
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
        *("2567-01-15", "15 มกราคม 2567", "1402/10/25", "1445-07-03", "令和6年1月15日"),
        *("14 Nonsense 2020", "2020년 13월 1일", "04 Sep 2020 25:00", "04 Sep 2020 24:30"),
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
