from __future__ import annotations

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler.cli.status import open_ledger
from crawler.extraction.article import Article, content_hash
from crawler.items.find import ItemsNotFoundError
from crawler.ledger.records import Attempt, Visit
from crawler.options import CrawlOptions
from crawler.output.atomic import UnsafePathError
from crawler.output.layout import OutputBusyError
from crawler.session import RunSession
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NEWS = "https://news.example/bridge"
OTHER = "https://other.example/market"
THIRD = "https://third.example/ferry"


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return tmp_path / "items"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def open_crawl(items: Path, output: Path) -> Iterator[Callable[..., RunSession]]:
    """Open a crawl; the ones that a test leaves open are closed when it ends."""
    opened: list[RunSession] = []

    def make(*, stopping: Callable[[], bool] = lambda: False, **options: Any) -> RunSession:
        chosen = CrawlOptions(**{"items": (items,), "output": output, **options})
        crawl = RunSession(chosen, on_problem=lambda _: None, should_stop=stopping)
        opened.append(crawl)
        return crawl

    yield make
    for crawl in opened:
        crawl.close()


def visit(url: str, state: State = State.OK) -> Visit:
    article = Article(markdown=f"Text of {url}.", word_count=3, reading_minutes=1)
    return Visit(
        state,
        now_text(),
        (Attempt(url, state, status=200),),
        article=article if state is State.OK else None,
    )


def due_urls(crawl: RunSession) -> dict[str, str]:
    return {source.record.urls[0]: source.reason for source in crawl.due(0, 100)}


def store_visit(crawl: RunSession, url: str, state: State = State.OK) -> None:
    record = crawl.ledger.source_of_url(url)
    assert record is not None
    crawl.store_visit(record.key, visit(url, state))


def written(output: Path) -> list[str]:
    return sorted(
        path.relative_to(output).parts[0] + "/" + path.name for path in output.rglob("*.md")
    )


def test_a_crawl_from_its_plan_to_its_summary(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    write_item(items, "b", original_url=OTHER)
    (items / "bad.md").write_text("no item")
    crawl = open_crawl()

    assert crawl.plan() == 2
    assert due_urls(crawl) == {NEWS: "new", OTHER: "new"}
    crawl.tidy()
    assert written(output) == []
    store_visit(crawl, OTHER)
    assert written(output) == ["items/b.md"]  # the other item still waits
    store_visit(crawl, NEWS)
    assert written(output) == ["items/a.md", "items/b.md"]

    summary = crawl.finish("finished")
    assert (summary.items, summary.changed, summary.invalid) == (2, 2, 1)
    assert (summary.due, summary.done, summary.failed) == (2, 2, 0)
    assert (summary.written, summary.unchanged, summary.unwritten) == (2, 0, 0)
    assert summary.held == {State.OK: 2}
    assert summary.ended == "finished"
    assert summary.seconds > 0
    (problem,) = summary.problems
    assert problem.startswith(f"{items / 'bad.md'}:1: ")


def test_each_problem_is_told_once(items: Path, output: Path) -> None:
    items.mkdir()
    (items / "bad.md").write_text("no item")
    told: list[str] = []
    options = CrawlOptions((items,), output)
    with RunSession(options, on_problem=told.append, should_stop=lambda: False) as crawl:
        crawl.plan()
        crawl.tidy()
        assert told == crawl.summary.problems
        assert len(told) == 1


def test_the_plan_comes_in_pages(
    open_crawl: Callable[..., RunSession], items: Path, write_item: Callable[..., Path]
) -> None:
    urls = [f"https://site{number}.example/a" for number in range(7)]
    for number, url in enumerate(urls):
        write_item(items, f"n{number}", original_url=url)
    crawl = open_crawl()
    assert crawl.plan() == 7
    pages = [crawl.due(position, 3) for position in range(0, 7, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [source.record.urls[0] for page in pages for source in page] == urls


def test_a_limit_counts_items_that_have_something_due(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    write_item(items, "b", original_url=OTHER)
    write_item(items, "c", original_url=THIRD)
    with open_crawl(limit=1) as first:
        assert first.plan() == 1
        store_visit(first, NEWS)
    second = open_crawl(limit=1)
    second.plan()
    assert due_urls(second) == {OTHER: "new"}
    assert second.finish("finished").items == 1
    assert written(output) == ["items/a.md"]


@pytest.mark.parametrize(
    ("options", "due"),
    [
        ({}, {THIRD: "was timeout"}),
        ({"retry": frozenset({State.GONE})}, {OTHER: "was gone", THIRD: "was timeout"}),
        ({"force": True}, {NEWS: "forced", OTHER: "forced", THIRD: "forced"}),
    ],
)
def test_what_is_due_again_is_what_was_asked_for(
    open_crawl: Callable[..., RunSession],
    items: Path,
    write_item: Callable[..., Path],
    options: dict[str, Any],
    due: dict[str, str],
) -> None:
    states = {NEWS: State.OK, OTHER: State.GONE, THIRD: State.TIMEOUT}
    for number, url in enumerate(states):
        write_item(items, f"n{number}", original_url=url)
    with open_crawl() as first:
        first.plan()
        for url, state in states.items():
            store_visit(first, url, state)
    again = open_crawl(**options)
    assert again.plan() == len(due)
    assert due_urls(again) == due


def test_a_half_finished_crawl_is_completed_when_it_is_opened_again(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    write_item(items, "b", original_url=OTHER, related=[THIRD])
    with open_crawl() as first:
        first.plan()
        key = first.due(0, 1)[0].record.key
        first.ledger.store_visit(key, visit(NEWS))  # killed before the files were written
        store_visit(first, OTHER)
    assert written(output) == []

    second = open_crawl()
    assert second.plan() == 1
    second.tidy()
    assert written(output) == ["items/a.md"]
    store_visit(second, THIRD)
    item, other, source = written(output)
    assert (item, other) == ("items/a.md", "items/b.md")
    assert source.startswith("sources/ferry-")
    assert second.finish("finished").held == {State.OK: 3}


def test_what_is_complete_is_not_written_again(
    open_crawl: Callable[..., RunSession], items: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    with open_crawl() as first:
        first.plan()
        store_visit(first, NEWS)
        store_visit(first, OTHER)
    second = open_crawl()
    assert second.plan() == 0
    second.tidy()
    summary = second.finish("finished")
    assert (summary.written, summary.unchanged, summary.done) == (0, 2, 0)


def test_a_crawl_that_is_told_to_stop_tidies_no_further(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    stop = threading.Event()
    with open_crawl() as first:
        first.plan()
        first.ledger.store_visit(first.due(0, 1)[0].record.key, visit(NEWS))
    second = open_crawl(stopping=stop.is_set)
    second.plan()
    stop.set()
    second.tidy()
    assert written(output) == []


@pytest.mark.parametrize("in_place", [False, True])
def test_leftovers_of_a_killed_run_are_swept(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    *,
    in_place: bool,
) -> None:
    write_item(items, "a", original_url=NEWS)
    folders = [items / "sub", output / "items" / "sub", output / "sources" / "news.example"]
    leftovers = []
    for folder in folders:
        folder.mkdir(parents=True)
        leftovers.append(folder / ".0123abcd.77.crawler-tmp")
        leftovers[-1].write_text("half a fi")
    crawl = open_crawl(in_place=in_place)
    crawl.plan()
    crawl.tidy()
    assert [path.exists() for path in leftovers] == [not in_place, False, False]


def test_a_second_crawl_on_one_output_folder_is_refused_while_the_first_is_open(
    open_crawl: Callable[..., RunSession], items: Path, output: Path, tmp_path: Path
) -> None:
    items.mkdir()
    with open_crawl():
        with pytest.raises(OutputBusyError, match="--wait"):
            open_crawl()
        open_crawl(output=tmp_path / "elsewhere")
    open_crawl()


def test_a_crawl_that_may_wait_gets_the_folder_when_the_first_closes(
    open_crawl: Callable[..., RunSession], items: Path
) -> None:
    items.mkdir()
    first = open_crawl()
    with ThreadPoolExecutor(max_workers=1) as thread:
        second = thread.submit(open_crawl, wait=True)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.2)
        first.close()
        assert second.result(timeout=10).layout == first.layout


def test_a_missing_path_is_an_error_of_the_plan(
    open_crawl: Callable[..., RunSession], items: Path
) -> None:
    crawl = open_crawl()
    with pytest.raises(ItemsNotFoundError, match=str(items)):
        crawl.plan()


def settle_text(crawl: RunSession, url: str, text: str, published: str | None = None) -> None:
    record = crawl.ledger.source_of_url(url)
    assert record is not None
    article = Article(
        markdown=text, published=published, word_count=90, content_hash=content_hash(text)
    )
    crawl.store_visit(
        record.key,
        Visit(State.OK, now_text(), (Attempt(url, State.OK, status=200),), article=article),
    )


def enrichment(output: Path, name: str) -> dict[str, Any]:
    block: dict[str, Any] = yaml.safe_load((output / "items" / name).read_text().split("---\n")[1])
    return block["enrichment"]


def contents(output: Path) -> dict[str, bytes]:
    return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*.md")}


STORY = " ".join(f"word{letter}{other}" for letter in "abcdefghi" for other in "jklmnopqrs")
CUT = STORY[: len(STORY) * 3 // 4]


def test_a_related_entry_under_another_headline_is_a_duplicate_of_the_item(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[THIRD, OTHER])
    crawl = open_crawl()
    crawl.plan()
    crawl.tidy()
    settle_text(crawl, OTHER, CUT, "2024-05-14T09:00:00Z")
    settle_text(crawl, THIRD, "Something else, and short.")
    settle_text(crawl, NEWS, STORY, "2024-05-14T08:00:00Z")
    crawl.tell_copies()

    block = enrichment(output, "a.md")
    assert "duplicateOf" not in block["source"]
    assert block["cluster"] == [{"url": OTHER, "similarity": 0.72}]
    assert [entry.get("duplicateOf") for entry in block["related"]] == [None, NEWS]
    (path,) = (output / "sources").rglob("market-*.md")
    fields = yaml.safe_load(path.read_text().split("---\n")[1])
    assert fields["duplicateOf"] == NEWS
    assert fields["cluster"] == [{"url": NEWS, "similarity": 0.72}]
    assert path.read_text().endswith(f"\n{CUT}\n")  # a duplicate keeps its text


def test_a_later_run_that_finds_a_copy_writes_the_entries_of_both(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    with open_crawl() as first:
        first.plan()
        first.tidy()
        settle_text(first, NEWS, STORY, "2024-05-14T09:00:00Z")
        first.tell_copies()
    alone = contents(output)["items/a.md"]
    assert "cluster" not in enrichment(output, "a.md")

    write_item(items, "b", original_url=OTHER)
    with open_crawl() as second:
        second.plan()
        second.tidy()
        settle_text(second, OTHER, CUT, "2024-05-14T08:00:00Z")
        assert contents(output)["items/a.md"] == alone
        second.tell_copies()
        assert second.finish("finished").written == 2
    assert enrichment(output, "a.md")["source"]["duplicateOf"] == OTHER
    assert enrichment(output, "b.md")["cluster"] == [{"url": NEWS, "similarity": 0.72}]

    with open_crawl() as third:
        third.plan()
        third.tidy()
        third.tell_copies()
        assert third.finish("finished").written == 0

    (items / "b.md").unlink()
    with open_crawl() as last:
        last.plan()
        last.tidy()
    assert contents(output)["items/a.md"] == alone


@pytest.mark.parametrize("killed", [1, 2, 3])
def test_a_crawl_that_is_killed_leaves_the_same_in_the_end_in_whatever_order(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    tmp_path: Path,
    killed: int,
) -> None:
    texts = {NEWS: STORY, OTHER: CUT, THIRD: STORY}
    for name, url in zip("abc", texts, strict=True):
        write_item(items, name, original_url=url)
    with open_crawl(output=tmp_path / "undisturbed") as crawl:
        crawl.plan()
        crawl.tidy()
        for url, text in texts.items():
            settle_text(crawl, url, text)
        crawl.tell_copies()

    order = list(reversed(texts))
    for urls in (order[:killed], order[killed:]):
        with open_crawl() as crawl:
            crawl.plan()
            crawl.tidy()
            for url in urls:
                settle_text(crawl, url, texts[url])
            # and nothing more: killed
    with open_crawl() as crawl:
        crawl.plan()
        crawl.tidy()
        crawl.tell_copies()

    fetched = re.compile(rb"\n +fetchedDateTime: .*")
    killed_files, undisturbed = (
        {name: fetched.sub(b"", data) for name, data in contents(folder).items()}
        for folder in (output, tmp_path / "undisturbed")
    )
    assert killed_files == undisturbed
    assert enrichment(output, "a.md")["cluster"] == [
        {"url": OTHER, "similarity": 0.72},
        {"url": THIRD, "similarity": 1.0},
    ]


def test_duplicates_that_are_not_wanted_are_not_told(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    with open_crawl() as first:
        first.plan()
        first.tidy()
        settle_text(first, NEWS, STORY)
        settle_text(first, OTHER, STORY)
        first.tell_copies()
    told = contents(output)
    assert "cluster" in enrichment(output, "a.md")
    with RunSession(
        CrawlOptions((items,), output),
        on_problem=lambda _: None,
        should_stop=lambda: False,
        duplicates=False,
    ) as off:
        off.plan()
        off.tidy()
    assert "cluster" not in enrichment(output, "a.md")
    assert "duplicateOf" not in enrichment(output, "a.md")["related"][0]
    with open_crawl() as on:
        on.plan()
        on.tidy()
    assert contents(output) == told


def test_a_crawl_that_is_told_to_stop_leaves_the_rest_of_the_copies_to_the_next(
    open_crawl: Callable[..., RunSession],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS)
    write_item(items, "b", original_url=OTHER)
    stop = threading.Event()
    with open_crawl(stopping=stop.is_set) as first:
        first.plan()
        first.tidy()
        settle_text(first, NEWS, STORY)
        settle_text(first, OTHER, STORY)
        stop.set()
        first.tell_copies()
    assert "cluster" not in enrichment(output, "a.md")
    with open_crawl() as second:
        second.plan()
        second.tidy()
    assert enrichment(output, "a.md")["cluster"] == [{"url": OTHER, "similarity": 1.0}]


def test_items_about_one_article_cost_what_their_number_says(
    items: Path, write_item: Callable[..., Path], open_crawl: Callable[..., RunSession]
) -> None:
    """Counted in steps of SQLite's machine, which no busy computer changes."""

    def steps(count: int, made_of: Callable[[int], dict[str, Any]], url: str) -> int:
        taken = 0

        def step() -> None:
            nonlocal taken
            taken += 1

        folder = items / f"{made_of.__name__}-{count}"
        for number in range(count):
            write_item(folder, f"{number}", **made_of(number))
        crawl = open_crawl(items=(folder,), output=items.parent / f"out-{folder.name}")
        crawl.ledger._db.set_progress_handler(step, 1000)  # type: ignore[attr-defined]
        crawl.plan()
        crawl.tidy()
        store_visit(crawl, url)
        for due in crawl.due(0, count):
            if due.record.key != url.removeprefix("https://"):
                store_visit(crawl, due.record.urls[0])
        assert crawl.summary.items == count
        assert len(written(crawl.layout.output)) >= count
        return taken

    def one_own(_: int) -> dict[str, Any]:
        return {"original_url": NEWS}

    def one_original(number: int) -> dict[str, Any]:
        return {"original_url": NEWS, "webUrl": f"https://web.example/{number}"}

    def one_related(number: int) -> dict[str, Any]:
        return {"original_url": f"https://own.example/{number}", "related": [NEWS]}

    for made_of in (one_own, one_original, one_related):
        few, many = (steps(count, made_of, NEWS) for count in (60, 480))
        assert many < 16 * few, made_of.__name__


def test_a_stop_leaves_most_of_very_many_items_of_one_article_to_the_next_run(
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    open_crawl: Callable[..., RunSession],
) -> None:
    for number in range(60):
        write_item(items, f"n{number}", original_url=NEWS)
    stop: list[bool] = []
    crawl = open_crawl(stopping=lambda: bool(stop))
    crawl.plan()
    crawl.tidy()
    stop.append(True)
    store_visit(crawl, NEWS)
    assert 10 <= len(written(output)) <= 30
    crawl.close()
    crawl = open_crawl()
    assert crawl.plan() == 0
    crawl.tidy()
    assert len(written(output)) == 60


BOOKS = (
    *("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm", "ledger.sqlite3-journal"),
    *("lock", "watch.lock", "runs.jsonl", "runs.jsonl.1"),
)


@pytest.mark.parametrize("kind", ["file", "nowhere", "folder", "pipe"])
@pytest.mark.parametrize("name", BOOKS)
def test_books_that_lead_elsewhere_are_refused_and_what_is_there_stays(
    items: Path,
    output: Path,
    tmp_path: Path,
    write_item: Callable[..., Path],
    open_crawl: Callable[..., RunSession],
    name: str,
    kind: str,
) -> None:
    write_item(items, "a", original_url=NEWS)
    precious, book = tmp_path / "precious", output / ".crawler" / name
    book.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(book)
    elif kind == "folder":
        book.mkdir()
    else:
        book.symlink_to(precious)
        if kind == "file":
            precious.write_text("precious")
    with pytest.raises(UnsafePathError, match=re.escape(name)):
        open_crawl()
    with pytest.raises(UnsafePathError):
        open_ledger(output)
    assert not precious.exists() or precious.read_text() == "precious"
    assert [path.name for path in book.parent.iterdir()] == [name]


def test_a_folder_of_books_that_leads_out_is_refused(
    output: Path, tmp_path: Path, open_crawl: Callable[..., RunSession]
) -> None:
    (tmp_path / "outside").mkdir()
    output.mkdir()
    (output / ".crawler").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(UnsafePathError, match="outside"):
        open_crawl()
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("link", ["items", "sources", "images"])
def test_leftovers_behind_a_link_that_leads_out_are_not_ours_to_sweep(
    items: Path,
    output: Path,
    tmp_path: Path,
    write_item: Callable[..., Path],
    open_crawl: Callable[..., RunSession],
    link: str,
) -> None:
    write_item(items, "a", original_url=NEWS)
    leftover = tmp_path / "outside" / ".0123abcd.42.crawler-tmp"
    leftover.parent.mkdir()
    leftover.write_text("somebody else's")
    output.mkdir()
    (output / link).symlink_to(leftover.parent, target_is_directory=True)
    crawl = open_crawl()
    crawl.plan()
    crawl.tidy()
    assert leftover.exists()
    assert [problem.split(":")[0] for problem in crawl.summary.problems] == [str(output / link)]
