"""What `crawler watch` does when files change, in real processes on real files."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from filelock import FileLock

from tests.watch.conftest import wait_for
from tests.web.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.watch.conftest import Watching
    from tests.web.local_web import LocalWeb

FIRST = "http://first.example/a"
SECOND = "http://second.example/b"
THIRD = "http://third.example/c"
FILES = 1200


@pytest.fixture(autouse=True)
def pages(web: LocalWeb, article_html: Callable[..., str]) -> None:
    for url in (FIRST, SECOND, THIRD):
        web.page(url, article_html(title=url))


def visited(watching: Watching) -> list[str]:
    return [line["url"] for line in watching.events("visited")]


def test_it_runs_once_then_crawls_what_is_new_or_changed_and_ends_cleanly_on_sigterm(
    watch: Callable[..., Watching],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
) -> None:
    item = write_item(items, "first", original_url=FIRST)
    watching = watch()
    watching.await_runs(1)
    assert visited(watching) == [FIRST]
    enriched = output / "items/first.md"

    # What only other programs read is brought up to date, and triggers no request.
    web.forget()
    write_item(items, "first", original_url=FIRST, heat=99, quality=1, secured="bmV3")
    wait_for(lambda: "heat: 99" in enriched.read_text())
    watching.await_runs(2)
    assert web.requests == []

    # A bad item is told, and ends nothing; an editor leaves files of its own.
    bad = items / "bad.md"
    bad.write_text("---\ntitle: [\n---\n")
    for name in (".first.md.swp", "first.md~", "#first.md#", "4913", ".git/x.md", "note.txt"):
        write_item(items.parent, "new", original_url=THIRD)
        (items / name).parent.mkdir(exist_ok=True)
        (items.parent / "new.md").replace(items / name)
    watching.await_events("run-ended", exitCode=3)
    assert any(line["message"].startswith(f"{bad}:") for line in watching.lines)

    # Editors put a new file in the place of the old one.
    bad.unlink()
    write_item(items.parent, "new", original_url=SECOND).replace(item)
    watching.await_events("visited", url=SECOND)
    wait_for(lambda: SECOND in enriched.read_text())
    watching.await_events("run-ended", trigger="files", visited=1)

    assert watching.end(signal.SIGTERM) == 0
    assert visited(watching) == [FIRST, SECOND]
    assert watching.lines[-1]["event"] == "stopped"
    log = [json.loads(line) for line in (output / ".crawler/runs.jsonl").read_text().splitlines()]
    runs = watching.events("run-ended")
    assert [run["exitCode"] for run in log] == [run["exitCode"] for run in runs]
    assert [run["trigger"] for run in runs] == ["start", *["files"] * (len(runs) - 1)]


def test_a_file_that_comes_in_pieces_is_crawled_once_it_is_whole(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    watching = watch(settings={"CRAWLER_WATCH_QUIET": 1.0})
    watching.await_runs(1)
    whole = write_item(items / "..", "whole", original_url=SECOND).read_bytes()
    with (items / "piecemeal.md").open("wb") as file:
        for position in range(0, len(whole), 200):
            file.write(whole[position : position + 200])
            file.flush()
            time.sleep(0.05)
    watching.await_events("visited", url=SECOND)
    runs = watching.await_events("run-ended", trigger="files")
    assert [run["exitCode"] for run in runs] == [0]


def test_a_git_checkout_of_many_files_in_new_folders_loses_none(
    watch: Callable[..., Watching],
    tmp_path: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
) -> None:
    repository = Repository.create(tmp_path / "site")
    repository.write("items/readme.txt", "none yet")
    repository.commit("empty")
    repository.git("checkout", "-q", "-b", "full")
    for number in range(FILES):
        # Ten are about one article; all are lost, so that no page has to be read.
        url = f"http://lost.example/{number // 10}"
        write_item(repository.path / f"items/{number % 40}/x", f"n{number}", original_url=url)
    repository.commit("full")
    repository.git("checkout", "-q", "main")
    watching = watch(on=repository.path / "items")
    watching.await_runs(1)
    repository.git("checkout", "-q", "full")

    def is_complete() -> bool:
        return len(list((tmp_path / "output/items").rglob("*.md"))) == FILES

    wait_for(is_complete)
    watching.await_runs(2)
    pages = [request.path for request in web.requests if request.path != "/robots.txt"]
    assert len(pages) == len(set(pages)) == FILES // 10


def test_a_folder_that_goes_away_and_comes_back_is_watched_again(
    watch: Callable[..., Watching], items: Path, output: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "first", original_url=FIRST)
    watching = watch()
    watching.await_runs(1)
    items.rename(items.parent / "elsewhere")
    watching.await_events("watch-lost")
    write_item(items, "second", original_url=SECOND)
    watching.await_events("visited", url=SECOND)
    write_item(items, "third", original_url=THIRD)
    watching.await_events("visited", url=THIRD)


def test_a_single_file_is_watched_and_its_neighbours_are_not(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path]
) -> None:
    item = write_item(items, "first", original_url=FIRST)
    watching = watch(on=item)
    watching.await_runs(1)
    write_item(items, "second", original_url=SECOND)
    write_item(items.parent, "new", original_url=THIRD).replace(item)
    watching.await_events("visited", url=THIRD)
    assert SECOND not in visited(watching)


def test_files_that_a_run_writes_itself_start_no_endless_round(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    item = write_item(items, "first", original_url=FIRST)
    watching = watch("--in-place", on=items)
    watching.await_runs(1)
    wait_for(lambda: "enrichment:" in item.read_text())
    time.sleep(3)  # one more look at the file that has changed, and no more
    assert len(watching.events("run-begun")) <= 2
    assert web.count(FIRST) == 1
    assert sum(run["written"] for run in watching.events("run-ended")) == 1


def test_revisits_that_fall_due_are_crawled(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    write_item(items, "first", original_url=FIRST)
    watching = watch(settings={"CRAWLER_REVISIT_FRESH": "1s", "CRAWLER_REVISIT_OLD": "2s"})
    watching.await_events("run-ended", trigger="revisit", visited=1)
    assert web.count(FIRST) >= 2


def test_a_failure_that_may_pass_is_tried_again_without_haste(
    watch: Callable[..., Watching],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    url = "http://ill.example/a"
    web.page(url, status=503)
    write_item(items, "ill", original_url=url)
    watching = watch(settings={"CRAWLER_WATCH_GAP": 1})
    watching.await_events("visited", 2, url=url, state="server-error")
    time.sleep(2.5)  # the second failure puts the next try off for 10 minutes
    assert len(watching.events("run-begun")) == 2


def test_runs_by_the_clock_lose_no_change_of_a_file(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path]
) -> None:
    watching = watch("--every", "2s")
    watching.await_events("run-ended", 2, trigger="schedule")
    write_item(items, "second", original_url=SECOND)
    watching.await_events("visited", url=SECOND)


def test_sigterm_ends_the_run_that_goes_on_in_bounded_time_and_leaves_no_process(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    slow = "http://slow.example/a"
    web.page(slow, "late", delay=300)
    write_item(items, "slow", original_url=slow)
    watching = watch(settings={"CRAWLER_STOP_GRACE": 0.5, "DOWNLOAD_TIMEOUT": 200})
    wait_for(lambda: web.count(slow))
    children = psutil.Process(watching.process.pid).children(recursive=True)
    assert children
    begun = time.monotonic()
    assert watching.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 20
    assert not psutil.wait_procs(children, timeout=5)[1]
    assert watching.events("run-ended", exitCode=130)


def test_a_run_that_does_not_stop_is_killed(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    slow = "http://slow.example/a"
    web.page(slow, "late", delay=300)
    write_item(items, "slow", original_url=slow)
    watching = watch(settings={"CRAWLER_STOP_GRACE": 0, "DOWNLOAD_TIMEOUT": 200})
    wait_for(lambda: web.count(slow))
    (run, *_) = psutil.Process(watching.process.pid).children()
    run.suspend()  # it hears no signal
    assert watching.end(signal.SIGTERM) == 0
    assert watching.events("run-ended", exitCode=-signal.SIGKILL)


def test_files_that_change_interrupt_a_long_run_which_then_goes_on(
    watch: Callable[..., Watching],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    for number in range(8):
        url = f"http://big.example/{number}"
        web.page(url, article_html(title=url), delay=1.0)
        write_item(items, f"n{number}", original_url=url)
    watching = watch(settings={"CRAWLER_WATCH_PATIENCE": 0.5, "CRAWLER_STOP_GRACE": 5})
    watching.await_events("visited")
    write_item(items, "second", original_url=SECOND)
    watching.await_events("visited", 8 + 1)
    order = visited(watching)
    assert order.index(SECOND) < 8
    assert len(set(order)) == 9
    wait_for(lambda: watching.events("run-ended", exitCode=130, trigger="start"))
    watching.await_events("run-ended", exitCode=0, trigger="start")


def test_a_killed_run_is_done_again(
    watch: Callable[..., Watching],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    slow = "http://slow.example/a"
    web.page(slow, "late", delay=300, times=1)
    web.page(slow, article_html())
    write_item(items, "slow", original_url=slow)
    watching = watch(settings={"DOWNLOAD_TIMEOUT": 200})
    wait_for(lambda: web.count(slow))
    (run, *_) = psutil.Process(watching.process.pid).children()
    os.kill(run.pid, signal.SIGKILL)
    watching.await_events("run-ended", exitCode=-signal.SIGKILL)
    watching.await_events("visited", url=slow, state="ok")


def test_another_run_on_the_folder_is_waited_for(
    watch: Callable[..., Watching], items: Path, output: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "first", original_url=FIRST)
    (output / ".crawler").mkdir(parents=True)
    with FileLock(output / ".crawler/lock"):
        watching = watch()
        watching.await_events("waiting")
        time.sleep(0.5)
        assert watching.events("run-begun") == []
    watching.await_events("visited", url=FIRST)


def test_a_first_run_that_cannot_be_done_ends_the_watch(
    watch: Callable[..., Watching], items: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "public", original_url="https://198.51.100.7/a")
    watching = watch(settings={"USER_AGENT": "nobody"}, env={"https_proxy": ""})
    assert watching.process.wait(60) == 2
    wait_for(lambda: watching.events("failed"))
    assert any("CRAWLER_CONTACT" in line["message"] for line in watching.lines)


def test_a_second_watch_on_the_folder_is_refused(watch: Callable[..., Watching]) -> None:
    watch().await_runs(1)
    second = watch()
    assert second.process.wait(60) == 2
    wait_for(lambda: second.lines)
    assert "another watch" in second.lines[-1]["message"]
