"""A ledger of an earlier version goes on, with all that it knows."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from crawler.extraction.article import Article
from crawler.extraction.measure import content_hash
from crawler.ledger.codec import encode_visit
from crawler.ledger.ledger import Wanted
from crawler.ledger.records import Copies, Copy, Hop, Visit
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


def make_second_version(path: Path) -> None:
    """Two sources with the same article, as they were kept before anybody looked for copies."""
    db = sqlite3.connect(path)
    for name in ("schema.sql", "schema_web.sql"):
        db.executescript(files("crawler.ledger").joinpath(name).read_text("utf-8"))
    text = " ".join(f"word{letter}{other}" for letter in "abcdefg" for other in "hijklmn")
    article = Article(markdown=text, word_count=49, content_hash=content_hash(text))
    for number, site in enumerate(("news", "other"), 1):
        url = f"https://{site}.example/bridge"
        hop = Hop(url, State.OK, status=200)
        held = encode_visit(Visit(State.OK, now_text(), (hop,), article=article))
        db.execute(
            "INSERT INTO item VALUES (?, ?, ?, '/i', 9, 9, 'digest', 'facts', '[]')",
            (number, f"{site}.md", f"/i/{site}.md"),
        )
        db.execute(
            "INSERT INTO source (id, key, domain, held_state, last_state, tried, answered, held, "
            "revision, checked_at, first_at) VALUES (?, ?, ?, 'ok', 'ok', '[]', ?, ?, 'r', ?, ?)",
            (number, url[8:], f"{site}.example", url[8:], held, now_text(), now_text()),
        )
        mention = (number, number, number)
        db.execute("INSERT INTO mention VALUES (?, -1, ?, ?, NULL, 'article', 1, NULL)", mention)
        db.execute("INSERT INTO url VALUES (?, -1, ?, ?, ?, 0, 0)", (*mention[:2], url[8:], url))
    db.execute("PRAGMA user_version = 2")
    db.commit()
    db.close()


def test_a_ledger_of_version_2_learns_of_the_copies_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    make_second_version(path)

    ledger = SqliteLedger(path)
    assert ledger.copies("news.example/bridge") is None
    ledger.prepare_copies(wanted=True)
    while ledger.catch_up_copies(10):
        pass

    other = "https://other.example/bridge"
    assert ledger.copies("news.example/bridge") == Copies(None, (Copy(other, 1.0),))
    ledger.close()
    (version,) = sqlite3.connect(path).execute("PRAGMA user_version").fetchone()
    assert version == SCHEMA_VERSION
