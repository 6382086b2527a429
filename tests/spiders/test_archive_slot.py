from __future__ import annotations

import pytest

from crawler.cli.process import project_settings
from crawler.crawl.checks import check_settings
from crawler.crawl.wayback import give_archive_a_slot
from crawler.options import OptionError


def slots(**overrides: str) -> dict[str, object]:
    settings = project_settings(overrides)
    give_archive_a_slot(settings)
    return settings.getdict("DOWNLOAD_SLOTS")


def test_the_archive_is_asked_once_in_five_seconds() -> None:
    assert slots() == {"archive.org": {"delay": 5.0, "concurrency": 1}}


def test_a_delay_of_one_s_own_holds_for_the_archive_alone() -> None:
    assert slots(CRAWLER_WAYBACK_DELAY="0.5")["archive.org"] == {"delay": 0.5, "concurrency": 1}


def test_another_archive_has_the_slot_of_its_domain() -> None:
    gate = "https://gate.archive.example/timegate/"
    assert slots(CRAWLER_WAYBACK=gate) == {"archive.example": {"delay": 5.0, "concurrency": 1}}


def test_what_the_user_says_of_slots_goes_above_it() -> None:
    given = '{"archive.org": {"delay": 60}, "news.example": {"delay": 2}}'
    assert slots(DOWNLOAD_SLOTS=given) == {
        "archive.org": {"delay": 60, "concurrency": 1},
        "news.example": {"delay": 2},
    }


def test_without_an_archive_there_is_no_slot() -> None:
    assert slots(CRAWLER_WAYBACK="off") == {}


@pytest.mark.parametrize("overrides", [{"CRAWLER_WAYBACK": "yes"}, {"CRAWLER_WAYBACK_DELAY": "-1"}])
def test_bad_settings_are_found_before_anything_is_begun(overrides: dict[str, str]) -> None:
    with pytest.raises(OptionError, match=next(iter(overrides))):
        check_settings(project_settings(overrides))
