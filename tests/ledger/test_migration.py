"""A ledger of an earlier version goes on, with all that it knows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from crawler.ledger.codec import encode_visit
from crawler.ledger.ledger import Wanted
from crawler.ledger.records import Hop, Visit
from crawler.ledger.sqlite import SCHEMA_VERSION, SqliteLedger
from crawler.moments import now_text
from crawler.states import State

URL = "https://news.example/bridge"


def make_first_version(path: Path) -> None:
    held = encode_visit(Visit(State.OK, now_text(), (Hop(URL, State.OK, status=200),)))
    db = sqlite3.connect(path)
    db.executescript(Path(__file__).with_name("schema_1.sql").read_text("utf-8"))
    db.execute(
        "INSERT INTO item VALUES (1, 'a.md', '/i/a.md', '/i', 9, 9, 'digest', 'facts', '[]')"
    )
    source = ("news.example/bridge", "news.example", held, now_text())
    db.execute(
        "INSERT INTO source VALUES (1, ?, ?, 'ok', 'ok', '[\"news.example/bridge\"]', "
        "'news.example/bridge', ?, NULL, 'r', ?)",
        source,
    )
    db.execute("INSERT INTO mention VALUES (1, -1, 1, 1, NULL, 'article', 1)")
    db.execute("INSERT INTO url VALUES (1, -1, 1, 'news.example/bridge', ?, 0, 0)", (URL,))
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()


def test_a_ledger_of_version_1_keeps_what_it_holds_and_reads_the_items_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite3"
    make_first_version(path)

    ledger = SqliteLedger(path)

    item, source = ledger.item("a.md"), ledger.source("news.example/bridge")
    assert item is not None
    assert source is not None
    assert source.held is not None
    assert source.held.state is State.OK
    assert (item.digest, item.facts, item.stamp.mtime_ns) == ("digest", "", 0)
    ledger.select("a.md")
    assert ledger.plan(Wanted()) == 0
    ledger.close()
    SqliteLedger(path).close()  # and opens again as what it is now
    (version,) = sqlite3.connect(path).execute("PRAGMA user_version").fetchone()
    assert version == SCHEMA_VERSION
