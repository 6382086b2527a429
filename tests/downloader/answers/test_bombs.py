"""A crawl of everything that a hostile server can answer, with good pages in between."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import psutil
import pytest
import yaml

from crawler import settings
from tests.downloader.answers.bombs import BOMBS, MEBIBYTE
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

GOOD = 6
HEARTBEAT = "tests.downloader.answers.heartbeat.Heartbeat"
ROOT = Path(__file__).parents[3]
PROCESSES = 3  # the crawl and its two workers


def tree_memory(process: psutil.Process) -> tuple[int, int]:
    """The number of processes of a tree, and the sum of their resident memory in bytes."""
    count = total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
        count += 1
    return count, total


class Scale:
    """Weighs a process tree: first when it stands ready, then at its peak."""

    def __init__(self, process: psutil.Process, begin: Event) -> None:
        self._process, self._begin = process, begin
        self.start = self.peak = 0
        self._thread = Thread(target=self._weigh)
        self._thread.start()

    def _weigh(self) -> None:
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            self._weigh_until_it_ends()

    def _weigh_until_it_ends(self) -> None:
        last, steady = 0, 0
        while self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE:
            count, total = tree_memory(self._process)
            if not self._begin.is_set():
                ready = count == PROCESSES and abs(total - last) < MEBIBYTE
                steady, last = steady + 1 if ready else 0, total
                if steady > 20:
                    self.start = total
                    self._begin.set()
            self.peak = max(self.peak, total)
            time.sleep(0.02)

    def close(self) -> None:
        self._begin.set()
        self._thread.join()


def held(answer, begin: Event):
    """Send an answer only once the scale is ready."""

    def wait(handler) -> None:
        begin.wait(30)
        answer(handler)

    return wait


@pytest.mark.slow
@pytest.mark.xdist_group("heavy")
@pytest.mark.timeout(240)
def test_no_answer_harms_the_machine_and_good_pages_stay_good(
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    begin = Event()
    items, output, beat = tmp_path / "items", tmp_path / "output", tmp_path / "beat"
    items.mkdir()
    expected = {name: states for name, (_, states) in BOMBS.items()}
    for name, (bomb, _) in BOMBS.items():
        web.raw(f"http://{name}.example/", held(bomb(web.closing), begin))
        write_item(items, name, original_url=f"http://{name}.example/")
    for attempt in range(20):
        there = f"http://loop.example/{attempt + 1}"
        web.redirect(f"http://loop.example/{attempt}", there)
    write_item(items, "loop", original_url="http://loop.example/0")
    expected["loop"] = {"network-error"}
    for number in range(GOOD):
        page = article_html(title=f"Story {number}").encode()
        url = f"http://good{number}.example/"
        web.raw(
            url, held(lambda h, page=page: h.send(200, {"Content-Type": "text/html"}, page), begin)
        )
        write_item(items, f"good{number}", original_url=url)
        expected[f"good{number}"] = {"ok"}
    options = {
        "EXTENSIONS": json.dumps({**settings.EXTENSIONS, HEARTBEAT: 1}),
        "HEARTBEAT_FILE": beat,
        "CRAWLER_EXTRACTION_WORKERS": PROCESSES - 1,
        "DOWNLOAD_TIMEOUT": 45,  # answers wait for the scale first, up to 30 seconds
    }
    words = arguments("run", items, "-o", output, "--json", settings=options)
    log = (tmp_path / "log").open("wb")
    with (
        log,
        subprocess.Popen(words, env=environment(web), cwd=ROOT, stdout=log, stderr=log) as run,
    ):
        scale = Scale(psutil.Process(run.pid), begin)
        try:
            assert run.wait(180) == 0
        finally:
            run.kill()
            scale.close()
    found = {name: state_of(output / "items" / f"{name}.md") for name in expected}
    wrong = {name: state for name, state in found.items() if state[0] not in expected[name]}
    growth = (scale.peak - scale.start) / MEBIBYTE
    longest = float(beat.read_text())
    if os.environ.get("SHOW_BOMBS"):
        Path(os.environ["SHOW_BOMBS"]).write_text(
            json.dumps(
                {
                    "growth": growth,
                    "start": scale.start / MEBIBYTE,
                    "longest": longest,
                    "found": found,
                },
                indent=1,
            )
        )
    assert wrong == {}
    assert [name for name, state in found.items() if state[0] != "ok" and not state[1]] == []
    assert scale.start > 0
    assert growth < 300
    assert longest < 1.0


def state_of(file: Path) -> tuple[str, str]:
    """The state of an item's source, and the evidence for it."""
    source = yaml.safe_load(file.read_text().split("---\n")[1])["enrichment"]["source"]
    return source["state"], str(source.get("detail") or source.get("httpStatus") or "")
