from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.timestamps import parse_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("1.5h", timedelta(minutes=90)),
        (" 12H ", timedelta(hours=12)),
        ("90d", timedelta(days=90)),
        ("2w", timedelta(weeks=2)),
        ("0d", timedelta(0)),
    ],
)
def test_a_number_and_a_unit_are_a_span(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "d", "90", "90 d", "-1d", "1y", "1d12h", "9999999d", "ten"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a span of time"):
        parse_duration(text)
