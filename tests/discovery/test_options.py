"""What a search is asked for, in text and otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery.options import SearchOptions, check_folder
from crawler.options import CrawlOptions, OptionError


def test_text_is_taken_apart_at_white_space() -> None:
    options = SearchOptions.parse(
        urls="https://a.example/,1 https://b.example/", match="*/a* */b*", max_new="5"
    )
    assert options.urls == ("https://a.example/,1", "https://b.example/")
    assert options.match == ("*/a*", "*/b*")
    assert options.max_new == 5


def test_a_time_is_a_date_or_an_age() -> None:
    day = datetime(2024, 5, 14, tzinfo=UTC)
    assert SearchOptions.parse(since="2024-05-14").since == day
    assert SearchOptions.parse(since="2024-05-14T02:00:00+02:00").since == day
    ago = datetime.now(UTC) - timedelta(days=7)
    since = SearchOptions.parse(since="7d").since
    assert since is not None
    assert abs(since - ago) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "bad",
    [
        {"urls": "news.example"},
        {"urls": ["https://me:x@news.example/"]},
        {"since": "last week"},
        {"max_new": "0"},
        {"max_new": "many"},
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bad: dict[str, Any]) -> None:
    (name,) = bad
    with pytest.raises(OptionError, match=f"^{name}: "):
        SearchOptions.parse(**bad)


@pytest.mark.parametrize(
    ("changed", "wants"),
    [("2024-05-14", True), ("2024-05-13T23:59:59Z", False), (None, True), ("soon", True)],
)
def test_only_what_is_known_to_be_older_is_passed_over(changed: str | None, wants: bool) -> None:
    options = SearchOptions.parse(since="2024-05-14")
    assert options.wants("https://a.example/", changed) is wants


def test_new_items_need_one_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.touch()
    check_folder(CrawlOptions((tmp_path / "to-be-made",)))
    for items in ((tmp_path, Path("other")), (file,)):
        with pytest.raises(OptionError, match=r"^items: "):
            check_folder(CrawlOptions(items))
