from __future__ import annotations

import pytest

from crawler import config
from crawler.options import OptionError
from crawler.web_archive import TimeGate, Wayback, archive_from_settings


@pytest.mark.parametrize("value", ["", " ", "off", "OFF", "none"])
def test_no_archive_is_asked_where_it_is_off(value: str) -> None:
    assert archive_from_settings({"CRAWLER_WAYBACK": value}) is None


def test_an_archive_is_named_or_given_by_its_timegate() -> None:
    assert archive_from_settings({"CRAWLER_WAYBACK": "wayback"}) == Wayback()
    gate = "https://archive.example/timegate/"
    assert archive_from_settings({"CRAWLER_WAYBACK": gate}) == TimeGate(gate)


@pytest.mark.parametrize(
    "value", ["yes", "archive.org", "ftp://x.example/", "https://", "http://[::1", "http://a/\tx"]
)
def test_another_value_is_an_error(value: str) -> None:
    with pytest.raises(OptionError, match="CRAWLER_WAYBACK"):
        archive_from_settings({"CRAWLER_WAYBACK": value})


@pytest.mark.parametrize(("value", "seconds"), [(5.0, 5.0), ("0", 0.0), ("0.05", 0.05)])
def test_the_delay_is_in_seconds(value: object, seconds: float) -> None:
    assert config.WAYBACK_DELAY.of({"CRAWLER_WAYBACK_DELAY": value}) == seconds


@pytest.mark.parametrize("value", ["", "5s", -1, "nan", "inf"])
def test_a_delay_that_is_no_time_is_an_error(value: object) -> None:
    with pytest.raises(OptionError, match="CRAWLER_WAYBACK_DELAY"):
        config.WAYBACK_DELAY.of({"CRAWLER_WAYBACK_DELAY": value})
