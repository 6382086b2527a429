from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from crawler.extraction.article import Article
from crawler.ledger.ledger import LedgerError, Wanted
from crawler.ledger.records import (
    Attempt,
    FileStamp,
    ItemRecord,
    Mention,
    Rendered,
    SourceRecord,
    Visit,
)
from crawler.ledger.revisit import RevisitPolicy
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.timestamps import now_text
from crawler.urls.aliases import UrlFamily, url_family

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    yield ledger
    ledger.close()


def item(output: str) -> ItemRecord:
    return ItemRecord(
        output,
        origin=f"/items/{output}",
        root="/items",
        stamp=FileStamp(1, 2),
        digest="d",
        facts="f",
    )


def put(
    ledger: SqliteLedger,
    output: str,
    *families: UrlFamily | str,
    kind: str = "article",
    select: bool = True,
) -> None:
    mentions = []
    for position, given in enumerate(families, -1):
        family = url_family([given]) if isinstance(given, str) else given
        mentions.append((Mention(position, "", family.urls[0], kind), family))
    ledger.put_item(item(output), mentions)
    if select:
        ledger.select(output)


def visit(state: State, text: str, url: str) -> Visit:
    article = Article(markdown=text) if text else None
    return Visit(state, now_text(), (Attempt(url, state),), article=article)


def store_visit(ledger: SqliteLedger, key: str, state: State, text: str = "") -> SourceRecord:
    return ledger.store_visit(key, visit(state, text, f"https://{key}"))


def due(ledger: SqliteLedger, wanted: Wanted | None = None) -> dict[str, str]:
    count = ledger.plan(wanted or Wanted())
    return {source.record.key: source.reason for source in ledger.due(0, count)}


def test_an_item_comes_back_with_its_mentions(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://other.example.com/b")
    found = ledger.item("a.md")
    assert found is not None
    assert [m.source for m in found.mentions] == ["example.com/a", "other.example.com/b"]
    assert found.stamp == FileStamp(1, 2)
    assert ledger.item("b.md") is None


def test_a_related_entry_that_an_item_knows_by_another_url_is_that_items_source(
    ledger: SqliteLedger,
) -> None:
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/b"]))
    put(ledger, "b.md", "https://example.com/x", "https://example.com/b?utm_source=x")
    assert due(ledger).keys() == {"example.com/a", "example.com/x"}


def test_two_items_that_know_each_others_url_are_one_source(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/b"]))
    put(ledger, "b.md", url_family(["https://example.com/b", "https://example.com/a"]))
    assert due(ledger) == {"example.com/a": "new"}


def test_an_item_cannot_take_over_what_another_item_is_about(ledger: SqliteLedger) -> None:
    put(ledger, "victim.md", "https://example.com/news")
    put(ledger, "evil.md", url_family(["https://evil.example/", "https://example.com/news"]))
    assert due(ledger).keys() == {"example.com/news", "evil.example"}


def test_an_article_survives_a_better_url_that_is_put_in_front_of_its_own(
    ledger: SqliteLedger,
) -> None:
    put(ledger, "a.md", "https://example.com/b")
    store_visit(ledger, "example.com/b", State.OK, "text")
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/b"]))
    assert due(ledger) == {"example.com/a": "new URL"}
    record = store_visit(ledger, "example.com/a", State.TIMEOUT)
    assert record.held is not None
    assert record.held.state is State.OK


def test_related_entries_in_a_circle_stand_for_one_another_at_most_once(
    ledger: SqliteLedger,
) -> None:
    names = ("a", "b", "c")
    for name, other in zip(names, ("b", "c", "a"), strict=True):
        family = url_family([f"https://example.com/{name}"], [f"https://example.com/{other}"])
        put(ledger, f"{name}.md", f"https://example.com/item-{name}", family)
    keys = {key for key in due(ledger) if "item" not in key}
    assert len(keys) == 2
    for name in names:
        item = ledger.item(f"{name}.md")
        assert item is not None
        assert item.mentions[1].source in keys


def test_a_video_with_two_urls_is_not_asked_again(ledger: SqliteLedger) -> None:
    family = url_family(["https://example.com/v", "https://example.com/w"])
    put(ledger, "a.md", family, kind="video")
    store_visit(ledger, "example.com/v", State.UNSUPPORTED)
    assert due(ledger) == {}


def test_two_articles_with_one_wrong_url_in_common_stay_apart(ledger: SqliteLedger) -> None:
    home = "https://example.com/"
    put(ledger, "a.md", url_family(["https://example.com/a", home]))
    put(ledger, "b.md", url_family(["https://example.com/b", home]))
    assert due(ledger).keys() == {"example.com/a", "example.com/b"}


def test_items_that_swap_their_urls_stay_apart(ledger: SqliteLedger) -> None:
    urls = {name: f"https://example.com/{name}" for name in ("x", "y", "xw", "yw")}
    put(ledger, "a.md", url_family([urls["x"], urls["xw"]]))
    put(ledger, "b.md", url_family([urls["y"], urls["yw"]]))
    store_visit(ledger, "example.com/x", State.OK, "x")
    store_visit(ledger, "example.com/y", State.OK, "y")
    put(ledger, "a.md", url_family([urls["y"], urls["xw"]]))
    put(ledger, "b.md", url_family([urls["x"], urls["yw"]]))
    assert due(ledger) == {}
    assert [item.output for item in ledger.owners("example.com/x")] == ["b.md"]
    assert [item.output for item in ledger.owners("example.com/y")] == ["a.md"]


def test_a_corrected_url_is_followed(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", url_family(["https://example.com/typo", "https://example.com/w"]))
    store_visit(ledger, "example.com/typo", State.OK, "wrong article")
    put(ledger, "a.md", url_family(["https://example.com/right", "https://example.com/w"]))
    assert due(ledger) == {"example.com/right": "new"}


def test_a_lost_article_is_due_when_an_item_brings_a_url_for_it(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/lost")
    store_visit(ledger, "example.com/lost", State.NOT_FOUND)
    put(ledger, "d.md", url_family(["https://example.com/lost", "https://example.com/y"]))
    assert due(ledger) == {"example.com/lost": "new URL"}


def test_what_stood_for_another_source_lets_it_go_when_it_becomes_unclear(
    ledger: SqliteLedger,
) -> None:
    shared = "https://example.com/shared"
    put(ledger, "a.md", url_family(["https://example.com/a", shared]))
    put(ledger, "c.md", "https://example.com/c", shared)
    assert due(ledger).keys() == {"example.com/a", "example.com/c"}
    put(ledger, "b.md", url_family(["https://example.com/b", shared]))
    assert due(ledger).keys() == {f"example.com/{name}" for name in ("a", "b", "c", "shared")}


def test_a_url_that_no_item_names_any_more_is_not_tried(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/old"]))
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/new"]))
    record = ledger.source("example.com/a")
    assert record is not None
    assert record.urls == ("https://example.com/a", "https://example.com/new")


def test_an_article_from_a_url_that_was_corrected_is_due_once(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/old"]))
    attempts = (
        Attempt("https://example.com/a", State.NOT_FOUND),
        Attempt("https://example.com/old", State.OK),
    )
    article = Article(markdown="text")
    ledger.store_visit(
        "example.com/a", Visit(State.OK, now_text(), attempts, answered=1, article=article)
    )
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/new"]))
    assert due(ledger) == {"example.com/a": "URL withdrawn"}
    attempts = (
        Attempt("https://example.com/a", State.NOT_FOUND),
        Attempt("https://example.com/new", State.NOT_FOUND),
    )
    ledger.store_visit("example.com/a", Visit(State.NOT_FOUND, now_text(), attempts))
    assert due(ledger) == {}


def test_a_video_page_without_a_text_is_asked_for_it_once(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/v", kind="video")
    store_visit(ledger, "example.com/v", State.UNSUPPORTED)
    put(ledger, "b.md", "https://example.com/v")
    assert due(ledger) == {"example.com/v": "body wanted"}
    store_visit(ledger, "example.com/v", State.EMPTY)
    assert due(ledger) == {}


def test_amp_pages_come_last_whoever_names_them(ledger: SqliteLedger) -> None:
    amp = "https://example.com/a/amp"
    put(ledger, "a.md", url_family(["https://example.com/a"], [amp]))
    put(ledger, "b.md", url_family(["https://example.com/a", "https://example.com/later"]))
    record = ledger.source("example.com/a")
    assert record is not None
    assert record.urls == ("https://example.com/a", "https://example.com/later", amp)
    assert record.amp_from == 2


def test_what_is_known_is_not_due_and_what_may_recover_is(ledger: SqliteLedger) -> None:
    for name, state in (
        ("ok", State.OK),
        ("lost", State.NOT_FOUND),
        ("slow", State.TIMEOUT),
        ("down", State.SERVER_ERROR),
    ):
        put(ledger, f"{name}.md", f"https://example.com/{name}")
        store_visit(ledger, f"example.com/{name}", state, "text" if state is State.OK else "")
    assert due(ledger) == {
        "example.com/slow": "was timeout",
        "example.com/down": "was server-error",
    }


def test_force_makes_everything_due_and_retry_what_it_names(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://example.com/b")
    store_visit(ledger, "example.com/a", State.OK, "text")
    store_visit(ledger, "example.com/b", State.NOT_FOUND)
    assert due(ledger, Wanted(force=True)).keys() == {"example.com/a", "example.com/b"}
    assert due(ledger, Wanted(retry=frozenset({State.NOT_FOUND}))) == {
        "example.com/b": "was not-found"
    }


def test_a_failed_refresh_of_a_held_article_is_tried_again(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a")
    store_visit(ledger, "example.com/a", State.OK, "text")
    record = store_visit(ledger, "example.com/a", State.TIMEOUT)
    assert record.held is not None
    assert record.held.state is State.OK
    assert due(ledger) == {"example.com/a": "was timeout"}


def test_a_new_url_makes_a_lost_source_due_but_not_a_good_one(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a")
    put(ledger, "b.md", "https://example.com/b")
    store_visit(ledger, "example.com/a", State.NOT_FOUND)
    store_visit(ledger, "example.com/b", State.OK, "text")
    put(ledger, "a.md", url_family(["https://example.com/a", "https://example.com/a2"]))
    put(ledger, "b.md", url_family(["https://example.com/b", "https://example.com/b2"]))
    assert due(ledger) == {"example.com/a": "new URL"}


def test_a_video_that_an_article_item_names_later_is_due_for_its_text(
    ledger: SqliteLedger,
) -> None:
    put(ledger, "a.md", "https://example.com/v", kind="video")
    source = ledger.source("example.com/v")
    assert source is not None
    assert not source.wants_body
    store_visit(ledger, "example.com/v", State.UNSUPPORTED)
    assert due(ledger) == {}
    put(ledger, "b.md", "https://example.com/v")
    assert due(ledger) == {"example.com/v": "body wanted"}


def test_only_selected_items_are_planned(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a")
    put(ledger, "b.md", "https://example.com/b", select=False)
    assert due(ledger) == {"example.com/a": "new"}


def test_a_limit_takes_the_first_items_that_have_something_due(ledger: SqliteLedger) -> None:
    for name in "abc":
        put(ledger, f"{name}.md", f"https://example.com/{name}")
    store_visit(ledger, "example.com/a", State.OK, "text")
    assert ledger.plan(Wanted(), limit=1) == 1
    assert [source.record.key for source in ledger.due(0, 9)] == ["example.com/b"]
    assert ledger.selected() == 1


def test_the_plan_takes_domains_in_turn(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", *(f"https://www.example.com/{n}" for n in range(3)))
    put(ledger, "b.md", *(f"https://www.example.org/{n}" for n in range(2)))
    ledger.plan(Wanted())
    hosts = [source.record.key.split("/")[0] for source in ledger.due(0, 9)]
    assert hosts == ["example.com", "example.org", "example.com", "example.org", "example.com"]


def test_the_plan_can_be_taken_in_pages(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", *(f"https://example.com/{n}" for n in range(5)))
    assert ledger.plan(Wanted()) == 5
    pages = [ledger.due(after, 2) for after in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({source.record.key for page in pages for source in page}) == 5


def test_an_item_is_finished_by_the_last_source_it_waits_for(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://example.com/b")
    put(ledger, "b.md", "https://example.com/b")
    ledger.plan(Wanted())
    store_visit(ledger, "example.com/b", State.NOT_FOUND)
    assert [i.output for i in ledger.finished_items("example.com/b")] == ["b.md"]
    store_visit(ledger, "example.com/a", State.OK, "text")
    assert [i.output for i in ledger.finished_items("example.com/a")] == ["a.md"]


def test_items_with_nothing_due_wait_for_nothing(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a")
    put(ledger, "b.md", "https://example.com/b")
    store_visit(ledger, "example.com/a", State.OK, "text")
    ledger.plan(Wanted())
    assert [i.output for i in ledger.waiting_for_nothing()] == ["a.md"]


def test_what_is_read_ahead_for_idle_items_is_what_is_read_for_each(ledger: SqliteLedger) -> None:
    for name in ("c.md", "a.md", "b.md", "b-copy.md"):
        own = f"https://example.com/{name[0]}"
        put(ledger, name, own, "https://example.com/a", "https://example.com/lone")
    put(ledger, "other.md", "https://example.com/lone", select=False)
    for key in ("a", "b", "c", "lone"):
        store_visit(ledger, f"example.com/{key}", State.OK, "text")
    ledger.plan(Wanted())
    keys = [f"example.com/{key}" for key in ("a", "b", "c", "lone", "unknown")]
    expected = [(ledger.revision(key), ledger.owners(key)) for key in keys]
    assert [len(owners) for _, owners in expected] == [1, 2, 1, 1, 0]

    seen = []
    for item_ahead in ledger.waiting_for_nothing():
        assert item_ahead == ledger.item(item_ahead.output)
        assert [(ledger.revision(key), ledger.owners(key)) for key in keys] == expected
        seen.append(item_ahead.output)
    assert seen == ["c.md", "a.md", "b.md", "b-copy.md"]


def test_what_was_read_ahead_is_forgotten_once_something_is_stored(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a")
    store_visit(ledger, "example.com/a", State.OK, "text")
    ledger.plan(Wanted())
    ahead = ledger.waiting_for_nothing()
    next(ahead)
    before = ledger.revision("example.com/a")
    store_visit(ledger, "example.com/a", State.OK, "another text")
    assert ledger.revision("example.com/a") != before
    put(ledger, "b.md", "https://example.com/a")
    assert len(ledger.owners("example.com/a")) == 2


def test_items_are_found_by_their_files_where_that_is_clear(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://example.com/b")
    put(ledger, "b.md", "https://example.com/b")
    twice = replace(item("twice.md"), origin="/items/b.md")
    ledger.put_item(twice, [])
    found = ledger.items_from(["/items/a.md", "/items/b.md", "/items/none.md"])
    known = ledger.item("a.md")
    assert known is not None
    assert found == {"/items/a.md": replace(known, mentions=())}


def test_the_next_revisit_is_the_first_of_the_items_below_the_folder(ledger: SqliteLedger) -> None:
    policy = RevisitPolicy(ages=(), old=timedelta(days=30), lost=timedelta(days=2))
    assert ledger.next_due(["/items"], policy) is None
    put(ledger, "a.md", "https://example.com/a", "https://example.com/new")
    put(ledger, "b.md", "https://example.com/b")
    store_visit(ledger, "example.com/a", State.OK, "text")
    due_at = ledger.next_due(["/items"], policy)
    assert due_at is not None
    assert timedelta(days=29) < due_at - datetime.now(UTC) <= timedelta(days=30)
    store_visit(ledger, "example.com/b", State.GONE)
    due_at = ledger.next_due(["/elsewhere", "/items"], policy)
    assert due_at is not None
    assert timedelta(days=1) < due_at - datetime.now(UTC) <= timedelta(days=2)
    assert ledger.next_due(["/elsewhere"], policy) is None
    assert ledger.next_due(["/items"], RevisitPolicy(ages=(), old=None, limit=None)) is None


def test_the_owner_of_a_source_is_the_item_about_it(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://example.com/b")
    assert [item.output for item in ledger.owners("example.com/a")] == ["a.md"]
    assert ledger.owners("example.com/b") == []
    put(ledger, "b.md", "https://example.com/b")
    assert [item.output for item in ledger.owners("example.com/b")] == ["b.md"]


def test_states_of_the_selection_add_up_to_its_sources(ledger: SqliteLedger) -> None:
    put(ledger, "a.md", "https://example.com/a", "https://example.com/b", "https://example.com/c")
    store_visit(ledger, "example.com/a", State.OK, "text")
    store_visit(ledger, "example.com/b", State.ROBOTS)
    assert ledger.states() == {State.OK: 1, State.ROBOTS: 1, None: 1}


def test_a_revision_changes_with_what_is_written_and_not_with_what_is_not(
    ledger: SqliteLedger,
) -> None:
    put(ledger, "a.md", "https://example.com/a")
    assert ledger.revision("example.com/a") is None
    store_visit(ledger, "example.com/a", State.OK, "text")
    before = ledger.revision("example.com/a")
    store_visit(ledger, "example.com/a", State.OK, "text")
    assert ledger.revision("example.com/a") == before
    store_visit(ledger, "example.com/a", State.TIMEOUT)
    assert ledger.revision("example.com/a") != before


def test_rendered_files_are_remembered_and_forgotten(ledger: SqliteLedger) -> None:
    stamp = Rendered("f", FileStamp(3, 4))
    ledger.put_rendered("items/a.md", stamp)
    assert ledger.rendered("items/a.md") == stamp
    ledger.put_rendered("items/a.md", None)
    assert ledger.rendered("items/a.md") is None


def test_several_rendered_files_are_looked_up_at_once(ledger: SqliteLedger) -> None:
    made = {name: Rendered(name, FileStamp(1, 2)) for name in ("items/a.md", "ü 'b'.md")}
    for name, rendered in made.items():
        ledger.put_rendered(name, rendered)
    assert ledger.rendered_any([*made, "items/none.md"]) == made
    assert ledger.rendered_any([]) == {}


def test_a_transaction_that_fails_leaves_nothing(ledger: SqliteLedger) -> None:
    def fail_half_way() -> None:
        with ledger.transaction():
            put(ledger, "a.md", "https://example.com/a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert ledger.item("a.md") is None


def test_a_ledger_of_another_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(LedgerError, match="999"):
        SqliteLedger(path)


@pytest.mark.parametrize("content", [b"not a database " * 100, b"SQLite format 3\x00 torn"])
def test_a_damaged_ledger_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="cannot be used as a ledger"):
        SqliteLedger(path)
    assert path.read_bytes() == content


def test_a_ledger_without_room_forgets_what_it_could_not_store_and_goes_on_with_room(
    ledger: SqliteLedger,
) -> None:
    put(ledger, "a.md", "https://a.example/1")
    (pages,) = ledger._db.execute("PRAGMA page_count").fetchone()
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")
    long_text = Random(7).randbytes(100_000).hex()  # does not compress
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            store_visit(ledger, "a.example/1", State.OK, long_text)
        assert not ledger._db.in_transaction
        assert ledger.revision("a.example/1") is None
    ledger._db.execute("PRAGMA max_page_count = 100000")
    record = store_visit(ledger, "a.example/1", State.OK, long_text)
    assert record.held is not None
    assert record.held.state is State.OK


def test_what_was_settled_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    script = textwrap.dedent(f"""
        import os, signal, sys
        from pathlib import Path
        from crawler.ledger.records import *
        from crawler.ledger.sqlite import SqliteLedger
        from crawler.states import State
        from crawler.urls.aliases import url_family
        ledger = SqliteLedger(Path({str(path)!r}))
        for n in range(20):
            family = url_family([f"https://example.com/{{n}}"])
            stamp = FileStamp(1, 1)
            item = ItemRecord(f"{{n}}.md", "/i", "/", stamp, "d", "f")
            ledger.put_item(item, [(Mention(-1, "", None, "article"), family)])
            ledger.store_visit(family.key, Visit(State.OK, "t", (Attempt("u", State.OK),)))
        with ledger.transaction():
            ledger.put_item(ItemRecord("torn.md", "/i", "/", stamp, "d", "f"), [])
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", script], cwd=Path.cwd(), check=False)
    assert killed.returncode == -signal.SIGKILL
    ledger = SqliteLedger(path)
    try:
        assert ledger.item("torn.md") is None
        for n in range(20):
            record = ledger.source(f"example.com/{n}")
            assert record is not None
            assert record.held is not None
    finally:
        ledger.close()
