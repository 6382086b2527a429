"""What the ledger remembers of feeds and of items that were created."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from crawler.ledger.records import FeedAnswer
from crawler.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://news.example/feed"


def test_a_feed_is_remembered_from_one_run_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    answer = FeedAnswer("2026-11-25T12:00:00Z", '"1"', None, ("https://hub.example/",), URL)
    with closing(SqliteLedger(path)) as ledger:
        assert ledger.feed(URL) is None
        ledger.put_feed(URL, FeedAnswer("2026-11-24T12:00:00Z"))
        ledger.put_feed(URL, answer)
    with closing(SqliteLedger(path)) as ledger:
        assert ledger.feed(URL) == answer


def test_what_was_created_is_remembered_by_each_key(tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path / "ledger.sqlite3")) as ledger:
        ledger.put_discovered(["news.example/a", "news.example/amp/a"], "feeds")
        ledger.put_discovered(["news.example/a"], "sitemaps")
        assert ledger.is_discovered("news.example/amp/a")
        assert not ledger.is_discovered("news.example/b")
