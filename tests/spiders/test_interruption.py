"""A run that is killed or stopped loses nothing: it is completed by being run again."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

ITEMS = 12


@pytest.fixture
def items(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> Path:
    """Items with shared and lost related sources, on a web that answers without haste."""
    folder = tmp_path / "items"
    for number in range(ITEMS):
        own, related = f"http://site{number}.example/a", f"http://shared{number // 3}.example/b"
        lost = f"http://site{number}.example/lost"
        web.page(own, article_html(title=f"Story {number}"), delay=0.02)
        web.page(related, article_html(title=f"Background {number // 3}"), delay=0.05)
        write_item(folder, f"n{number}", original_url=own, related=[related, lost])
    return folder


def contents(output: Path) -> dict[str, bytes]:
    """All output files, with the times of fetching and trying taken out."""
    moment = re.compile(rb'(fetchedDateTime|attemptedDateTime|failingSince): "[^"]+"')
    return {
        str(path.relative_to(output)): moment.sub(rb"\1", path.read_bytes())
        for path in output.rglob("*")
        if path.is_file() and ".crawler/" not in str(path)
    }


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start runs that are ended with the test, however it ends."""
    with ExitStack() as stack:

        def begin(items: Path, output: Path, web: LocalWeb, *words: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                arguments("run", items, "-o", output, "--json", *words),
                env=environment(web),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_run_is_completed_by_the_next_one(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    assert run_crawler("run", items, "-o", tmp_path / "undisturbed", web=web).code == 0
    undisturbed = contents(tmp_path / "undisturbed")
    assert len(undisturbed) == ITEMS + ITEMS // 3
    pages = {r.url for r in web.requests if not r.url.endswith("robots.txt")}
    random.seed(7)
    output = tmp_path / "killed"
    web.forget()
    kills = 0
    for _ in range(8):
        answered = random.randrange(2, 40)
        process = start(items, output, web)
        before = len(web.requests)
        wait_for(lambda: len(web.requests) - before >= answered or process.poll() is not None)  # noqa: B023
        kills += process.poll() is None
        process.kill()
        process.communicate()
        for path in output.rglob("*.md"):
            assert path.read_bytes().startswith(b"---"), "a torn file"

    last = run_crawler("run", items, "-o", output, "--json", web=web)

    assert kills >= 3
    assert last.json["ended"] == "finished"
    assert sum(last.json["sources"]["held"].values()) == len(pages)
    assert contents(output) == undisturbed
    assert not list(output.rglob("*.crawler-tmp"))


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_finishes_what_is_in_flight_in_bounded_time(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    signum: signal.Signals,
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    web.page("http://stuck.example/a", article_html(), delay=60)
    web.page("http://slow.example/a", article_html(), delay=2.5)
    write_item(items, "a-stuck", original_url="http://stuck.example/a")
    write_item(items, "a-slow", original_url="http://slow.example/a")
    output = tmp_path / "output"
    process = start(items, output, web)
    wait_for(lambda: web.count("http://stuck.example/a") + web.count("http://slow.example/a") == 2)

    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=30)

    assert time.monotonic() - started < 12
    assert process.returncode == 130, stderr
    assert '"ended": "interrupted"' in stdout
    assert "Traceback" not in stderr
    assert (output / "items" / "a-slow.md").exists()
    assert not (output / "items" / "a-stuck.md").exists()
    web.page("http://stuck.example/a", article_html())
    assert run_crawler("run", items, "-o", output, web=web).code == 0
    assert len(list((output / "items").iterdir())) == ITEMS + 2


def test_a_signal_while_very_many_items_of_one_article_are_written_ends_it_soon(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    items, output, url = tmp_path / "many", tmp_path / "output", "http://one.example/a"
    web.page(url, article_html())
    for number in range(800):
        write_item(items, f"n{number}", original_url=url)
    process = start(items, output, web)
    wait_for(lambda: any(output.rglob("*.md")), 90)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - started < 10
    assert len(list((output / "items").iterdir())) < 800


def test_a_second_signal_stops_at_once(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    web.page("http://stuck.example/a", article_html(), delay=60)
    write_item(items, "a-stuck", original_url="http://stuck.example/a")
    process = start(items, tmp_path / "output", web)
    wait_for(lambda: web.count("http://stuck.example/a") == 1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - started < 5
    assert process.returncode == 130
    assert '"ended": "interrupted"' in stdout
    assert "Traceback" not in stderr


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2, 1.8])
def test_a_signal_while_it_starts_ends_it_quietly(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    seconds: float,
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    web.page("http://slow.example/a", article_html(), delay=5)
    write_item(items, "a-slow", original_url="http://slow.example/a")
    process = start(items, tmp_path / "output", web)
    time.sleep(seconds)
    if seconds > 1:  # our own code is there then, which a busy machine may be late with
        wait_for((tmp_path / "output/.crawler/lock").exists)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    is_python_itself = "Fatal Python error" in stderr  # interrupted before there is code of ours
    assert is_python_itself or "Traceback" not in stderr
    # Before our own code is there, it is Python that ends: by the signal, or with 1 while it loads.
    early = {-signal.SIGINT, 1} if seconds < 1 else set()
    assert process.returncode in {130, *early}


def test_a_second_run_on_one_output_folder_leaves_or_waits(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    start: Callable[[Path, Path, LocalWeb], subprocess.Popen[str]],
) -> None:
    web.page("http://slow.example/a", article_html(), delay=15)
    write_item(items, "a-slow", original_url="http://slow.example/a")
    output = tmp_path / "output"
    first = start(items, output, web)
    wait_for(lambda: web.count("http://slow.example/a") == 1)
    second = run_crawler("run", items, "-o", output, web=web)
    assert second.code == 2
    assert "another run is writing" in second.stderr
    third = run_crawler("run", items, "-o", output, "--wait", "--json", web=web)
    assert third.json["sources"]["visited"] == {}
    first.communicate(timeout=30)
    assert first.returncode == 0


def test_a_run_that_is_killed_leaves_the_folder_free_at_once_and_no_worker_behind(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    web.page("http://stuck.example/a", article_html(), delay=60)
    write_item(items, "a-stuck", original_url="http://stuck.example/a")
    output = tmp_path / "output"
    process = start(items, output, web)
    # A worker is at work, and one page will never come.
    wait_for(lambda: web.count("http://stuck.example/a") == 1 and any(output.rglob("*.md")))
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    web.page("http://stuck.example/a", article_html())

    process.kill()
    next_run = run_crawler("run", items, "-o", output, "--json", web=web)

    assert next_run.code in {0, 1}, next_run.stderr  # 1: lost pages were left for it
    assert next_run.json["ended"] == "finished"
    assert (output / "items" / "a-stuck.md").exists()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []


def test_a_run_that_waits_gets_the_folder_when_the_first_is_killed(
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    web.page("http://stuck.example/a", article_html(), delay=60)
    write_item(items, "a-stuck", original_url="http://stuck.example/a")
    output = tmp_path / "output"
    first = start(items, output, web)
    wait_for(lambda: web.count("http://stuck.example/a") == 1)
    second = start(items, output, web, "--wait")
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(timeout=2)
    assert web.count("http://stuck.example/a") == 1
    web.page("http://stuck.example/a", article_html())

    first.kill()
    stdout, stderr = second.communicate(timeout=60)

    assert second.returncode in {0, 1}, stderr  # 1: lost pages were left for it
    assert '"ended": "finished"' in stdout
    assert (output / "items" / "a-stuck.md").exists()
