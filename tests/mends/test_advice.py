"""What is advised about addresses that are dead or have moved, and what is not believed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crawler.extraction.article import Article, content_hash, count_words
from crawler.items.item import parse_item
from crawler.ledger.better import after_visit
from crawler.ledger.records import Attempt, Mention, Snapshot, SourceRecord, Visit
from crawler.mends.advice import Advice, advise, may_need_advice, moved_to
from crawler.states import State
from crawler.urls.canonical import url_key

OLD, NEW = "https://news.example/old/bridge-stays-open", "https://news.example/2024/bridge"
OTHER = "https://news.example/w/bridge"
AMP = "https://news.example/amp/bridge"
TITLE = "The old footbridge stays open"
TEXT = "The council voted on Tuesday evening to keep the old footbridge open for walkers. " * 3
SNAPSHOT = "https://web.archive.org/web/20240601000000id_/" + OLD
SHOWN = "https://web.archive.org/web/20240601000000/" + OLD
MENTION = Mention(-1, url_key(OLD), OLD, "article")


def article(title: str = TITLE, text: str = TEXT, canonical: str | None = None) -> Article:
    return Article(
        title=title,
        markdown=text,
        canonical_url=canonical,
        word_count=count_words(text),
        content_hash=content_hash(text),
        site_name="News",
    )


def source(*visits: Visit, urls: tuple[str, ...] = (OLD,), amp_from: int = 9) -> SourceRecord:
    record = SourceRecord(url_key(urls[0]), urls, min(amp_from, len(urls)))
    for visit in visits:
        record = after_visit(record, visit)
    return record


def moved(
    to: str = NEW, *, permanent: int = 1, read: Article | None = None, state: State = State.OK
) -> Visit:
    attempt = Attempt(OLD, state, (to,), 200, permanent_redirects=permanent)
    return Visit(state, "2024-06-01T00:00:00Z", (attempt,), article=read or article())


def lost(day: int, *, state: State = State.NOT_FOUND, snapshot: bool = True) -> Visit:
    at = f"2024-06-{day:02}T00:00:00Z"
    gone = Attempt(OLD, state, status=404)
    if not snapshot:
        return Visit(state, at, (gone,))
    found = Attempt(OLD, State.ARCHIVED, status=200)
    copy = Snapshot(at, SNAPSHOT, "2024-06-01T00:00:00Z")
    return Visit(State.ARCHIVED, at, (gone, found), answered=1, article=article(), snapshot=copy)


def advice(
    record: SourceRecord, *known: SourceRecord, title: str = TITLE, url: str = OLD
) -> Advice | None:
    text = f'---\ntitle: "{title}"\noriginalUrl: "{url}"\n---\n'
    item = parse_item(text.encode(), Path("x.md"))
    by_key = {one.key: one for one in known}
    found = list(advise(item, MENTION, record, lambda url: by_key.get(url_key(url))))
    assert len(found) <= 1
    return found[0] if found else None


@dataclass(frozen=True)
class Doubt:
    name: str
    record: SourceRecord
    why: str
    title: str = TITLE


LATER = (lost(3), lost(7))
GATE = Attempt(OLD, State.OK, ("http://consent.example/gate", NEW), 200, permanent_redirects=1)
SAME_NAME = "/2024/".join(OLD.rsplit("/", 1))
DOUBTS = [
    Doubt(
        "another title",
        source(moved(read=article("Ten best online casinos"))),
        "has another title (Ten best",
    ),
    Doubt(
        "no title in the item",
        source(moved(to="https://other.example/bridge-stays-open")),
        "has no title to compare",
        title="",
    ),
    Doubt(
        "its own address",
        source(moved(read=article(canonical=OLD))),
        "says that its address is the old one",
    ),
    Doubt("a front page", source(moved(to="https://news.example/")), "leads to the front page"),
    Doubt("no encryption", source(moved(to="http://new.example/b")), "which is not encrypted"),
    Doubt(
        "a temporary redirect on from there",
        source(Visit(State.OK, "2024-06-01T00:00:00Z", (GATE,), article=article())),
        "redirected on, and not for good",
    ),
    Doubt(
        "the same name and another title",
        source(moved(to=SAME_NAME, read=article("Win a car"))),
        "has another title (Win a car",
    ),
    Doubt(
        "the same name and another query",
        source(moved(to=f"{OLD}?id=99")),
        "has no title to compare",
        title="",
    ),
    Doubt(
        "a key in the address",
        source(moved(to=f"{NEW}?PHPSESSID=deadbeef&token=x")),
        "an address with a key in it",
    ),
    Doubt(
        "no copy",
        source(lost(3, snapshot=False), lost(7, snapshot=False)),
        "no copy of it is known",
    ),
    Doubt("lost once", source(lost(3)), "once that has stayed for 3 days"),
    Doubt("lost for two days", source(lost(3), lost(5)), "once that has stayed for 3 days"),
    Doubt(
        "an archived casino",
        source(*(replace(one, article=article("Casino")) for one in LATER)),
        "has another title",
    ),
    Doubt(
        "archived after the loss",
        source(
            *(
                replace(one, snapshot=Snapshot("", SNAPSHOT, "2024-06-04T00:00:00Z"))
                for one in LATER
            )
        ),
        "not from the time before",
    ),
]


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.name)
def test_what_is_not_sure_is_not_proposed_and_told(doubt: Doubt) -> None:
    found = advice(doubt.record, title=doubt.title)
    assert found is not None
    assert found.after is None
    assert doubt.why in found.why


@pytest.mark.parametrize(
    "state", [state for state in State if state is not State.OK and not state.is_lost]
)
def test_a_redirect_to_anything_but_an_article_is_no_move(state: State) -> None:
    record = source(moved(state=state))
    assert moved_to(record) is None
    if state is not State.ARCHIVED:
        assert not may_need_advice(record)
        assert advice(record) is None


def test_a_permanent_redirect_to_the_article_is_written() -> None:
    found = advice(source(moved()))
    assert found == Advice(("originalUrl",), OLD, f"moved for good to {NEW}", NEW)


def test_of_redirects_in_a_row_those_count_that_are_permanent() -> None:
    target = "https://edition.news.example/2024/bridge"
    attempt = Attempt(OLD, State.OK, (NEW, target), 200, permanent_redirects=1)
    visit = replace(moved(), attempts=(attempt,))
    assert moved_to(source(visit)) == NEW
    assert (
        moved_to(source(replace(visit, attempts=(replace(attempt, permanent_redirects=0),))))
        is None
    )


def test_without_a_title_the_same_name_within_a_site_is_enough() -> None:
    found = advice(
        source(moved(to="https://www.news.example/2024/bridge-stays-open.html")), title=""
    )
    assert found is not None
    assert found.after == "https://www.news.example/2024/bridge-stays-open.html"


def test_the_address_is_spelled_as_its_page_does_or_without_tracking() -> None:
    tracked = f"{NEW}?utm_source=rss"
    found = advice(source(moved(to=tracked)))
    assert found is not None
    assert found.after == NEW
    found = advice(source(moved(to=tracked, read=article(canonical=f"{NEW}/"))))
    assert found is not None
    assert found.after == f"{NEW}/"


def test_another_spelling_of_the_address_is_no_move() -> None:
    assert moved_to(source(moved(to=OLD.replace("https://", "https://www.")))) is None


def test_what_was_written_since_the_visit_is_left() -> None:
    assert advice(source(moved()), url="https://news.example/another") is None


def test_an_address_that_stays_lost_becomes_the_archived_copy_as_people_see_it() -> None:
    found = advice(source(*LATER))
    assert found is not None
    assert (found.after, found.why) == (
        SHOWN,
        "lost (not-found) since 2024-06-03; archived on 2024-06-01",
    )


def test_beside_an_article_that_is_held_a_snapshot_counts_only_with_its_text() -> None:
    held = replace(moved(), attempts=(Attempt(OLD, State.OK, status=200),))
    found = advice(source(held, *LATER), title="A title of the portal's own")
    assert found is not None
    assert found.after == SHOWN
    casino = (
        replace(one, article=article(TITLE, "Spin the wheel and win a prize today. " * 5))
        for one in LATER
    )
    found = advice(source(held, *casino))
    assert found is not None
    assert found.after is None
    assert "no copy of it is known" in found.why


def test_where_the_snapshot_was_read_off_a_file_the_next_visit_brings_it_back() -> None:
    held = replace(moved(), attempts=(Attempt(OLD, State.OK, status=200),))
    record = source(held, LATER[0])
    assert record.last is not None
    read_back = replace(record, last=replace(record.last, snapshot=None))
    again = after_visit(read_back, LATER[1])
    assert again.last is not None
    assert again.last.at == record.last.at
    assert again.snapshot == LATER[1].snapshot


def beside(day: int, *, state: State = State.GONE, amp: bool = False) -> Visit:
    attempts = (
        Attempt(OLD, state, status=410),
        Attempt(AMP if amp else OTHER, State.OK, status=200),
    )
    at = f"2024-06-{day:02}T00:00:00Z"
    read = article(canonical=NEW if amp else None)
    return Visit(State.OK, at, attempts, answered=1, via_amp=amp, article=read)


def test_a_lost_address_becomes_the_other_one_of_the_item_once_that_has_stayed() -> None:
    urls = (OLD, OTHER)
    found = advice(source(beside(3), urls=urls))
    assert found is not None
    assert found.after is None
    found = advice(source(beside(3), beside(6), urls=urls))
    assert found is not None
    assert found.after == OTHER
    assert advice(source(beside(3), beside(6), urls=urls), url=OTHER) is None
    passing = source(*(beside(day, state=State.TIMEOUT) for day in (3, 6)), urls=urls)
    assert advice(passing) is None


def test_a_canonical_address_is_written_where_the_same_article_was_read_there() -> None:
    record = source(beside(3, amp=True), beside(6, amp=True), urls=(OLD, AMP), amp_from=1)
    found = advice(record)
    assert found is not None
    assert found.after is None
    there = replace(moved(), attempts=(Attempt(NEW, State.OK, status=200),))
    found = advice(record, source(there, urls=(NEW,)))
    assert found is not None
    assert found.after == NEW
    other = source(
        replace(there, article=article("Another one", "Something else. " * 9)), urls=(NEW,)
    )
    found = advice(record, other)
    assert found is not None
    assert found.after is None


def test_the_same_news_again_brings_what_is_known_of_redirects_up_to_date() -> None:
    before = replace(moved(permanent=0), at="2024-05-01T00:00:00Z")
    record = source(before, moved())
    assert record.held is not None
    assert record.held.at == before.at
    assert moved_to(record) == NEW
