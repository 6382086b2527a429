"""What the ledger remembers of the web from one run to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.ledger.records import RobotsAnswer, Snapshot
from crawler.ledger.sqlite import SqliteLedger
from crawler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AT = "2026-01-01T00:00:00Z"


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Callable[[], SqliteLedger]]:
    opened: list[SqliteLedger] = []

    def again() -> SqliteLedger:
        while opened:
            opened.pop().close()
        opened.append(SqliteLedger(tmp_path / "ledger.sqlite3"))
        return opened[0]

    yield again
    opened[0].close()


@pytest.mark.parametrize(
    "answer",
    [RobotsAnswer(AT), RobotsAnswer(AT, 404), RobotsAnswer(AT, 200, b"User-agent: *\n" * 9_999)],
)
def test_a_robots_txt_comes_back_as_it_came(
    reopen: Callable[[], SqliteLedger], answer: RobotsAnswer
) -> None:
    reopen().put_robots("https://news.example:443", RobotsAnswer(AT, 500))
    reopen().put_robots("https://news.example:443", answer)
    assert reopen().robots("https://news.example:443") == answer
    assert reopen().robots("http://news.example:80") is None


def test_a_pause_is_remembered_until_it_is_over(reopen: Callable[[], SqliteLedger]) -> None:
    later = utc_text(datetime.now(UTC) + timedelta(hours=1))
    reopen().put_pause("busy.example", later, "Retry-After")
    reopen().put_pause("free.example", AT, "Retry-After")
    assert reopen().pauses() == {"busy.example": (later, "Retry-After")}


@pytest.mark.parametrize("snapshot", [Snapshot(AT), Snapshot(AT, "https://a.example/web/1", AT)])
def test_what_an_archive_said_is_remembered(
    reopen: Callable[[], SqliteLedger], snapshot: Snapshot
) -> None:
    reopen().put_snapshot("news.example/a", snapshot)
    assert reopen().snapshot("news.example/a") == snapshot
    assert reopen().snapshot("news.example/b") is None
