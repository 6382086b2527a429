"""What the ledger remembers of the web from one run to the next."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.ledger.records import RobotsAnswer, Snapshot
from crawler.ledger.sqlite import SqliteLedger
from crawler.timestamps import now_text, utc_text

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
    reopen().forget_pause("busy.example")
    assert reopen().pauses() == {}


def test_a_pause_that_a_clock_which_was_ahead_has_begun_is_forgotten(
    reopen: Callable[[], SqliteLedger], tmp_path: Path
) -> None:
    times = [utc_text(datetime.now(UTC) + timedelta(days=days)) for days in (1, 2)]
    reopen().put_pause("busy.example", times[1], "Retry-After")
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db, db:
        db.execute("UPDATE pause SET since = ?", (times[0],))
    assert reopen().pauses() == {}


def test_a_site_with_names_without_end_has_no_more_kept_than_others(
    reopen: Callable[[], SqliteLedger], tmp_path: Path
) -> None:
    ledger = reopen()
    ledger.put_robots("https://news.example:443", RobotsAnswer(now_text(), 200, b"Allow: /"))
    for number in range(30):
        body = random.Random(number).randbytes(400 * 1024)
        answer = RobotsAnswer(now_text(), 200, body)
        ledger.put_robots(f"http://a{number}.evil.example:80", answer)
    assert ledger.robots("http://a29.evil.example:80") is not None, "the last one is there"
    assert ledger.robots("http://a0.evil.example:80") is None
    assert ledger.robots("https://news.example:443") is not None
    for number in range(300):
        ledger.put_robots(f"http://b{number}.evil.example:80", RobotsAnswer(now_text(), 404))
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db:
        rows, size = db.execute("SELECT count(*), sum(length(body)) FROM robots").fetchone()
    assert rows <= 101
    assert size <= 520 * 1024


def test_all_that_is_kept_of_robots_txt_is_bounded_and_the_oldest_goes_first(
    reopen: Callable[[], SqliteLedger],
) -> None:
    ledger, began = reopen(), datetime.now(UTC)
    for number in range(100):
        body = random.Random(number).randbytes(500 * 1024)
        at = utc_text(began - timedelta(hours=20) + timedelta(seconds=number))
        ledger.put_robots(f"http://site{number}.example:80", RobotsAnswer(at, 200, body))
    kept = [n for n in range(100) if ledger.robots(f"http://site{n}.example:80") is not None]
    assert 99 in kept
    assert 10 < len(kept) < 68
    assert kept == list(range(kept[0], 100))


def test_what_is_out_of_date_is_not_kept(reopen: Callable[[], SqliteLedger]) -> None:
    now = datetime.now(UTC)
    for name, at in (("old", now - timedelta(hours=25)), ("ahead", now + timedelta(days=1))):
        reopen().put_robots(f"http://{name}.example:80", RobotsAnswer(utc_text(at), 404))
    reopen().put_robots("http://new.example:80", RobotsAnswer(utc_text(now), 404))
    reopen().pauses()
    known = [n for n in ("old", "ahead", "new") if reopen().robots(f"http://{n}.example:80")]
    assert known == ["new"]


@pytest.mark.parametrize("snapshot", [Snapshot(AT), Snapshot(AT, "https://a.example/web/1", AT)])
def test_what_an_archive_said_is_remembered(
    reopen: Callable[[], SqliteLedger], snapshot: Snapshot
) -> None:
    reopen().put_snapshot("news.example/a", snapshot)
    assert reopen().snapshot("news.example/a") == snapshot
    assert reopen().snapshot("news.example/b") is None
