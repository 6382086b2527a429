"""The files carry the state: what was written is never lost, whatever happens to the ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crawler.extraction.article import Article, content_hash, count_words
from crawler.ledger.records import Attempt, Visit
from crawler.options import CrawlOptions
from crawler.session import RunSession
from crawler.states import State
from crawler.summary import exit_code_of
from crawler.timestamps import now_text, utc_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.summary import RunSummary

ONE, TWO = "https://a.example/one", "https://b.example/two"
COPY, VIDEO, GONE = "https://c.example/copy", "https://v.example/video", "https://g.example/gone"
OLD = {"publishedDateTime": datetime(2020, 5, 14, 6, 30, tzinfo=UTC)}
LONG = " ".join(f"word{number}" for number in range(90))
HELD = {State.OK: 3, State.UNSUPPORTED: 1, State.GONE: 1}
OPEN = "The old footbridge stays open."


def page(url: str, text: str, state: State = State.OK) -> Visit:
    """What a visit brings that finds this text, or none."""
    article = Article(
        markdown=text if state.has_text else "",
        title=url,
        word_count=count_words(text) if state.has_text else 0,
        reading_minutes=1 if state.has_text else 0,
        content_hash=content_hash(text) if state.has_text else None,
        origins={"title": "html"},
    )
    is_read = state.is_good or state.has_text
    attempt = Attempt(url, state, status=200 if is_read else 410, seconds=0.1)
    return Visit(state, now_text(), (attempt,), article=article if is_read else None, etag='"1"')


class Site:
    """Items, what their web answers, and crawls of them in this process."""

    def __init__(self, folder: Path, *, in_place: bool) -> None:
        self.items, self.output, self.in_place = folder / "items", folder / "output", in_place
        self.web = {
            ONE: page(ONE, OPEN),
            TWO: page(TWO, f"{LONG} the end"),
            COPY: page(COPY, f"{LONG} an end"),
            VIDEO: page(VIDEO, "", State.UNSUPPORTED),
            GONE: page(GONE, "", State.GONE),
        }
        self.asked: list[str] = []
        self.problems: list[str] = []

    def crawl(self, *, is_up: bool = True, **options: Any) -> RunSummary:
        """Run; without a network nothing that is due is answered."""
        self.problems.clear()
        self.asked.clear()
        given = CrawlOptions(
            items=(self.items,), output=self.output, in_place=self.in_place, **options
        )
        with RunSession(given, on_problem=self.problems.append, should_stop=lambda: False) as crawl:
            due = crawl.plan()
            crawl.tidy()
            for source in crawl.due(0, due):
                url = source.record.urls[0]
                self.asked.append(url)
                failed = Visit(
                    State.NETWORK_ERROR, now_text(), (Attempt(url, State.NETWORK_ERROR),)
                )
                seen = replace(self.web[url], at=now_text()) if is_up else failed
                crawl.store_visit(source.record.key, seen)
            crawl.tell_copies()
            return crawl.finish("finished")

    @property
    def ledger(self) -> Path:
        return self.output / ".crawler" / "ledger.sqlite3"

    def lose_ledger(self) -> None:
        for path in self.ledger.parent.glob("ledger*"):
            path.unlink()

    def change_ledger(self, statement: str) -> None:
        with closing(sqlite3.connect(self.ledger)) as db:
            db.execute(statement)
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def enriched(self, name: str) -> Path:
        return (self.items if self.in_place else self.output / "items") / name

    def source_file(self, name: str) -> Path:
        (path,) = (self.output / "sources").rglob(f"{name}-*.md")
        return path

    def files(self) -> dict[str, tuple[bytes, int]]:
        return {
            str(path): (path.read_bytes(), path.stat().st_mtime_ns)
            for folder in (self.items, self.output / "items", self.output / "sources")
            for path in sorted(folder.rglob("*.md"))
        }


@pytest.fixture(params=[False, True], ids=["output", "in-place"])
def site(request: pytest.FixtureRequest, tmp_path: Path, write_item: Callable[..., Path]) -> Site:
    """Items about a page, a copied text, a lost page, with related articles and a video."""
    site = Site(tmp_path, in_place=request.param)
    video = {"webUrl": VIDEO, "type": "video"}
    write_item(site.items, "one", original_url=ONE, related=[TWO], body="Mine.\n", **OLD)
    write_item(site.items, "two", original_url=TWO, related=[COPY, video], crlf=True, **OLD)
    write_item(site.items / "sub", "gone", original_url=GONE, related=[COPY], **OLD)
    summary = site.crawl()
    assert (summary.due, summary.held) == (5, HELD)
    assert b"duplicateOf" in site.enriched("two.md").read_bytes() or site.in_place
    return site


def test_a_lost_ledger_changes_no_file_and_asks_nobody(site: Site) -> None:
    before = site.files()
    site.lose_ledger()
    summary = site.crawl(is_up=False)
    assert (site.asked, site.problems, summary.held) == ([], [], HELD)
    assert site.files() == before


def test_the_same_pages_again_change_no_file(site: Site) -> None:
    before = site.files()
    site.lose_ledger()
    assert site.crawl(force=True).due == 5
    assert site.files() == before


def test_bad_news_stands_beside_what_was_written(site: Site) -> None:
    site.lose_ledger()
    site.web[ONE] = page(ONE, "", State.GONE)
    site.crawl(force=True)
    text = site.enriched("one.md").read_text("utf-8")
    assert "The old footbridge stays open." in text
    assert 'lastAttempt:\n      state: "gone"' in text
    before = site.files()
    site.lose_ledger()
    site.crawl(is_up=False)
    assert site.files() == before


def test_of_a_run_of_few_items_what_is_said_of_copies_stays(site: Site) -> None:
    before = site.files()
    for few in ({"only": ("two.md",)}, {"files": (site.items / "two.md",)}, {"limit": 1}):
        site.lose_ledger()
        site.crawl(is_up=False, **few)
        assert site.files() == before


def test_a_page_that_changes_vanishes_and_comes_back_ends_as_with_a_kept_ledger(
    tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    ends = []
    for is_lost in (False, True):
        site = Site(tmp_path / str(is_lost), in_place=False)
        write_item(site.items, "one", original_url=ONE, related=[TWO, COPY], **OLD)
        write_item(site.items, "two", original_url=TWO, **OLD)
        site.crawl()
        for change in (
            {ONE: page(ONE, f"{OPEN} The bridge is closed.")},
            {ONE: page(ONE, "", State.NOT_FOUND), TWO: page(TWO, "", State.TIMEOUT)},
            {ONE: page(ONE, "", State.EMPTY), COPY: page(COPY, f"{LONG} no more")},
            {ONE: page(ONE, f"{OPEN} The bridge is open again."), TWO: page(TWO, "", State.GONE)},
        ):
            if is_lost:
                site.lose_ledger()
            site.web |= change
            site.crawl(force=True)
        lines = [path.read_text("utf-8").splitlines() for path in sorted(site.output.rglob("*.md"))]
        ends.append(
            [
                [line for line in file if "DateTime:" not in line and "failingSince:" not in line]
                for file in lines
            ]
        )
    assert ends[0] == ends[1]


SPOILED: dict[str, Callable[[Site], object]] = {
    "empty": lambda site: site.ledger.write_bytes(b""),
    "truncated": lambda site: site.ledger.write_bytes(site.ledger.read_bytes()[:5000]),
    "torn": lambda site: site.ledger.write_bytes(b"SQLite format 3\x00 torn"),
    "overwritten": lambda site: site.ledger.write_bytes(
        b"x" * 5000 + site.ledger.read_bytes()[5000:]
    ),
    "its-middle": lambda site: site.ledger.write_bytes(_with_damage(site.ledger.read_bytes())),
    "older": lambda site: site.change_ledger("PRAGMA user_version = -1"),
    "newer": lambda site: site.change_ledger("PRAGMA user_version = 99"),
    "somebody-elses": lambda site: site.change_ledger("PRAGMA user_version = 0"),
    "without-a-table": lambda site: site.change_ledger("DROP TABLE mention"),
    "no-database": lambda site: site.ledger.write_bytes(b"somebody's notes\n" * 300),
}


def _with_damage(data: bytes) -> bytes:
    pages = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    return b"".join(p if n < 2 else b"\x7f" * 2000 + p[2000:] for n, p in enumerate(pages))


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_a_ledger_of_no_use_is_kept_and_made_anew_in_the_same_run(
    site: Site, spoil: Callable[[Site], object]
) -> None:
    before = site.files()
    site.change_ledger("PRAGMA user_version")  # so that all is in the one file
    spoil(site)
    spoiled = site.ledger.read_bytes()

    summary = site.crawl(is_up=False)

    (kept,) = site.ledger.parent.glob("ledger-*.sqlite3")
    assert kept.read_bytes() == spoiled
    (problem,) = site.problems
    assert "made anew from what was written" in problem
    assert f"kept as {kept.name}" in problem
    assert (summary.held, site.files()) == (HELD, before)
    site.crawl(is_up=False)
    assert site.problems == []


def test_the_ledger_can_be_made_anew_on_demand(site: Site) -> None:
    before = site.files()
    options = CrawlOptions(items=(site.items,), output=site.output, in_place=site.in_place)
    told: list[str] = []
    with RunSession(options, on_problem=told.append, should_stop=lambda: False, anew=True) as crawl:
        assert crawl.rebuild() == {"items": 3, "sources": 5, "takenOver": 5, "unknown": 0}
    assert "the earlier ledger is kept as ledger-" in told[0]
    site.crawl(is_up=False)
    assert site.files() == before


@pytest.mark.parametrize("value", ["x'00ff'", "x'789c'", "'text'"])
@pytest.mark.parametrize("column", ["held", "last", "tried", "checked_at", "last_state"])
def test_a_damaged_record_is_made_good_and_bad_news_does_not_win(
    site: Site, column: str, value: str
) -> None:
    site.change_ledger(f"UPDATE source SET {column} = {value} WHERE key = 'a.example/one'")
    site.web[ONE] = page(ONE, "", State.GONE)
    summary = site.crawl(force=True)
    assert summary.held == HELD
    assert "The old footbridge stays open." in site.enriched("one.md").read_text("utf-8")
    is_told = any("a.example/one is damaged" in told for told in site.problems)
    assert is_told or column in {"tried", "checked_at"}


def test_records_that_are_all_damaged_end_no_run(site: Site) -> None:
    before = site.files()
    site.change_ledger("UPDATE source SET held = x'00'")
    site.change_ledger("UPDATE item SET warnings = 'x'")
    site.change_ledger("UPDATE text SET minhash = x'00'")
    site.change_ledger("DELETE FROM rendered")
    site.crawl(is_up=False)
    for name, (text, _) in site.files().items():
        assert text.decode().split("\n") == before[name][0].decode().split("\n")
    assert len(site.problems) == 5


def test_a_time_still_to_come_is_not_believed(site: Site) -> None:
    path, ahead = site.enriched("one.md"), datetime.now(UTC) + timedelta(days=400)
    real = site.web[ONE].at[:10]
    lines = path.read_bytes().decode().split("\n")
    place = next(n for n, line in enumerate(lines) if "fetchedDateTime" in line and real in line)
    lines[place] = f'    fetchedDateTime: "{utc_text(ahead)}"'
    path.write_bytes("\n".join(lines).encode())
    site.lose_ledger()
    site.crawl()
    assert site.asked == [ONE]
    assert utc_text(ahead) not in path.read_text("utf-8")


def test_what_another_machine_wrote_is_taken_over(site: Site) -> None:
    """As after `git pull`: this ledger is older than the files."""
    site.change_ledger("PRAGMA user_version")
    older = site.ledger.read_bytes()
    site.web[ONE] = page(ONE, f"{OPEN} The bridge is closed.")
    later = utc_text(datetime.now(UTC) + timedelta(seconds=2))
    while now_text() < later:  # its time is told in whole seconds
        pass
    site.crawl(force=True)
    newer = {name: of[0] for name, of in site.files().items()}
    site.lose_ledger()
    site.ledger.write_bytes(older)
    site.crawl(is_up=False)
    assert "The bridge is closed." in site.enriched("one.md").read_text("utf-8")
    assert {name: of[0] for name, of in site.files().items()} == newer


def test_each_of_many_things_that_happen_to_files_ends_in_its_own_outcome(site: Site) -> None:
    edited, missing = site.enriched("one.md"), site.source_file("copy")
    edited.write_bytes(edited.read_bytes().replace(b"footbridge stays open", b"bridge is closed"))
    text = edited.read_bytes()
    truncated = site.enriched("sub/gone.md")
    if not site.in_place:  # an item that is cut off is an invalid item, as ever
        truncated.write_bytes(truncated.read_bytes()[:400])
    (site.items / "two.md").rename(site.items / "renamed.md")
    missing.unlink()
    site.lose_ledger()

    summary = site.crawl()

    # Those of which a text, or all that was said, is nowhere, and what somebody may have edited.
    assert sorted(site.asked) == ([ONE, COPY] if site.in_place else [ONE, COPY, GONE])
    assert f"{LONG} an end" in missing.read_text("utf-8")
    assert edited.read_bytes() == text
    assert summary.edited == 1
    assert LONG in site.enriched("renamed.md").read_text("utf-8")
    assert 'state: "gone"' in truncated.read_text("utf-8")
    if not site.in_place:
        (kept,) = (site.output / ".crawler" / "set-aside").rglob("gone.md")
        assert len(kept.read_bytes()) == 400


def test_items_that_change_names_when_the_ledger_is_lost_keep_their_articles(site: Site) -> None:
    one, two = site.items / "one.md", site.items / "two.md"
    texts = [site.enriched(name).read_text("utf-8") for name in ("one.md", "two.md")]
    assert texts[0] != texts[1]
    one.rename(site.items / "between.md")
    two.rename(one)
    (site.items / "between.md").rename(two)
    site.lose_ledger()
    site.crawl(is_up=False)
    for name, text in zip(("two.md", "one.md"), texts, strict=True):
        body = text.partition("article:begin")[2].partition("article:end")[0]
        assert body
        assert body in site.enriched(name).read_text("utf-8")


@pytest.mark.parametrize("asked", range(5))
def test_a_stop_while_the_files_are_read_leaves_none_of_them_unread(site: Site, asked: int) -> None:
    (site.items / "two.md").rename(site.items / "renamed.md")
    site.lose_ledger()
    answers = iter([False] * asked)
    options = CrawlOptions(items=(site.items,), output=site.output, in_place=site.in_place)
    with RunSession(
        options, on_problem=site.problems.append, should_stop=lambda: next(answers, True)
    ) as crawl:
        crawl.plan()
        crawl.finish("stopped")
    site.crawl(is_up=False)
    assert f"{LONG} the end" in site.enriched("renamed.md").read_text("utf-8")


def test_an_edit_that_a_lost_ledger_has_taken_over_gives_way_to_what_the_page_says(
    site: Site,
) -> None:
    path = site.enriched("one.md")
    path.write_bytes(path.read_bytes().replace(b"footbridge stays open", b"bridge is closed"))
    site.lose_ledger()
    site.crawl(overwrite_edited=True)
    assert site.asked == [ONE]
    assert OPEN in path.read_text("utf-8")


def test_a_source_file_that_is_cut_off_is_set_aside_and_written_anew(site: Site) -> None:
    path = site.source_file("copy")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 20])
    site.crawl()
    assert path.read_bytes() == whole
    (kept,) = (site.output / ".crawler" / "set-aside").rglob(path.name)
    assert kept.read_bytes() == whole[: len(whole) - 20]


def test_an_article_whose_text_is_nowhere_keeps_its_entry_when_its_page_fails(site: Site) -> None:
    site.source_file("copy").unlink()
    site.lose_ledger()
    site.web[COPY] = page(COPY, "", State.GONE)
    site.crawl()
    text = site.enriched("sub/gone.md").read_text("utf-8")
    assert f'title: "{COPY}"' in text
    assert 'lastAttempt:\n        state: "gone"' in text
    assert not list((site.output / "sources").rglob("copy-*.md"))


EDITS: dict[str, Callable[[str], str]] = {
    "a-field": lambda text: text.replace(f'title: "{ONE}"', 'title: "Mine"'),
    "the-article": lambda text: text.replace("footbridge stays", "footbridge, he said, stays"),
    "a-field-less": lambda text: text.replace("    httpStatus: 200\n", "", 1),
    "a-field-more": lambda text: text.replace("  schema: 1\n", "  schema: 1\n  mine: 1\n", 1),
    "no-digest": lambda text: "\n".join(n for n in text.split("\n") if "  digest:" not in n),
    "a-digest": lambda text: text.replace('  digest: "', '  digest: "0', 1),
    "article-gone": lambda text: text[: text.index("<!-- article:begin")],
    "a-newer-schema": lambda text: text.replace("  schema: 1\n", "  schema: 2\n", 1),
}


@pytest.mark.parametrize("loses_ledger", [False, True])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_file_that_somebody_edited_is_left_and_told_until_it_is_to_be_overwritten(
    site: Site, edit: Callable[[str], str], loses_ledger: bool
) -> None:
    path = site.enriched("one.md")
    good, changed = path.read_bytes(), edit(path.read_bytes().decode())
    assert changed.encode() != good
    path.write_bytes(changed.encode())
    if loses_ledger:
        site.lose_ledger()
    for _ in range(2):
        summary = site.crawl(is_up=False)
        if summary.invalid:  # in place a newer version's item is none
            assert path.read_bytes().decode() == changed
            return
        assert path.read_bytes().decode() == changed
        assert summary.edited == 1
        assert any(told.startswith(f"{path}:1: ") for told in site.problems)
    assert exit_code_of(summary) == (1 if summary.outdated else 0)

    site.web[ONE] = page(ONE, f"{OPEN} The bridge is closed.")
    summary = site.crawl(force=True)
    assert path.read_bytes().decode() == changed
    assert summary.outdated == 1
    assert exit_code_of(replace_visited(summary)) == 1

    site.crawl(overwrite_edited=True)
    assert "The bridge is closed." in path.read_text("utf-8")
    assert site.crawl().edited == 0


def replace_visited(summary: RunSummary) -> RunSummary:
    """Forget the visits, of which one found a lost page."""
    summary.visited.clear()
    summary.due = 0
    return summary


def test_an_edit_of_what_comes_from_the_item_is_told_in_the_output_and_free_in_place(
    site: Site,
) -> None:
    path = site.enriched("one.md")
    path.write_bytes(path.read_bytes().replace(b"Mine.", b"Mine, and more."))
    summary = site.crawl()
    assert summary.edited == (0 if site.in_place else 1)
    assert b"Mine, and more." in path.read_bytes()
    site.lose_ledger()
    assert site.crawl().edited == (0 if site.in_place else 1)


@pytest.mark.parametrize("name", ["one.md", "two.md"])
def test_text_below_the_article_stays_there_whatever_is_written(site: Site, name: str) -> None:
    path, url = site.enriched(name), {"one.md": ONE, "two.md": TWO}[name]
    path.write_bytes(path.read_bytes() + b"\nBelow.\n")
    for loses_ledger in (False, True):
        for text in (f"News {loses_ledger}.", "The bridge is closed."):
            if loses_ledger:
                site.lose_ledger()
            before = {ONE: OPEN, TWO: f"{LONG} the end"}[url]
            site.web[url] = page(url, f"{before} {text}")
            assert site.crawl(force=True).edited == 0
            written = path.read_bytes()
            assert text.encode() in written
            assert written.endswith(b"\nBelow.\n")
            assert written.count(b"Below.") == 1
            assert written.index(b"article:end") < written.index(b"Below.")


def test_line_endings_that_git_changes_are_no_edit(site: Site) -> None:
    for path in (site.enriched("one.md"), site.source_file("copy")):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    site.lose_ledger()
    assert (site.crawl().edited, site.asked) == (0, [])


def test_files_of_others_in_the_place_of_ours_are_left(site: Site) -> None:
    path = site.source_file("copy")
    path.write_text("---\ntitle: My own notes\n---\nNotes.\n", "utf-8")
    site.lose_ledger()
    summary = site.crawl()
    assert path.read_text("utf-8").endswith("Notes.\n")
    assert summary.edited == 1


HOSTILE: dict[str, Callable[[str], str]] = {
    "state": lambda text: text.replace('state: "ok"', 'state: "fine"'),
    "time": lambda text: text.replace('fetchedDateTime: "', 'fetchedDateTime: "x'),
    "number": lambda text: text.replace("httpStatus: 200", 'httpStatus: "200"'),
    "list": lambda text: text.replace(f'title: "{ONE}"', f'title:\n      - "{ONE}"'),
    "hash": lambda text: text.replace('contentHash: "', 'contentHash: "../'),
    "url": lambda text: text.replace(
        f'title: "{ONE}"', f'title: "{ONE}"\n    canonicalUrl: "javascript:alert(1)"'
    ),
    "path": lambda text: text.replace(
        f'title: "{ONE}"',
        f'title: "{ONE}"\n    images:\n      - url: "https://a.example/i.png"\n'
        '        isCached: true\n        path: "../../etc/passwd"',
    ),
    "alias": lambda text: text.replace(f'title: "{ONE}"', f'title: &a "{ONE}"'),
}


@pytest.mark.parametrize("edit", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_this_crawler_would_not_have_written_is_not_taken_over(
    site: Site, edit: Callable[[str], str]
) -> None:
    path = site.enriched("one.md")
    changed = edit(path.read_bytes().decode())
    path.write_bytes(changed.encode())
    site.lose_ledger()
    site.crawl()
    assert ONE in site.asked
    assert any(told.startswith(f"{path}:") and ":1:" not in told for told in site.problems)
    assert path.read_bytes().decode() == changed


def test_links_are_not_followed_to_be_taken_over(site: Site, tmp_path: Path) -> None:
    path = site.source_file("copy")
    elsewhere = tmp_path / "elsewhere.md"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    site.lose_ledger()
    site.crawl(is_up=False)
    assert site.asked == [COPY]
