"""The report that a watch serves, in a real browser, while a run goes on and after it."""

from __future__ import annotations

import json
import os
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from crawler.output.layout import Layout
from crawler.watch.report_page import read_progress
from tests.watch.conftest import wait_for
from tests.watch.test_door import Door
from tests.web.item_files import write_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.watch.conftest import Watching
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

FIRST, SLOW, LOST = (f"http://{name}.example/a" for name in ("first", "slow", "lost"))
TITLE = "Fish & chips on the old footbridge"


@pytest.fixture
def slow(web: LocalWeb, items: Path, article_html: Callable[..., str]) -> Iterator[Event]:
    """A page that comes once this is set, beside one that comes at once and one that is lost."""
    let_go = Event()

    def once_let_go(handler: Handler) -> None:
        while not let_go.is_set() and not web.closing.is_set():
            let_go.wait(0.05)
        handler.send(200, {"Content-Type": "text/html"}, article_html().encode())

    web.page(FIRST, article_html(title=TITLE))
    web.raw(SLOW, once_let_go)
    for name, url in (("first", FIRST), ("slow", SLOW), ("lost", LOST)):
        write_item(items, name, original_url=url)
    yield let_go
    let_go.set()


@pytest.mark.timeout(180)
def test_a_browser_sees_how_a_run_goes_on_and_what_it_brought(
    watch: Callable[..., Watching], slow: Event, browser: Any, output: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    watching = watch("--http", 0)
    door = Door(watching)
    page = browser.new_page(viewport={"width": 320, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"http://127.0.0.1:{door.port}/")
    sentence = page.locator("#live")
    going = page.locator("#live", has_text="2 of 3 sources visited, 1 failed")
    going.wait_for(timeout=60_000)
    assert sentence.inner_text().startswith("A run goes on (start): ")
    at = Layout(output).progress
    assert read_progress(at) is not None

    slow.set()
    watching.await_runs(1)
    page.get_by_role("link", name="Show what it brought").wait_for(timeout=60_000)
    assert sentence.inner_text().startswith("No run goes on")
    assert not at.exists()
    wait_for(lambda: b"1 newly lost" in door.ask("GET", "/")[2])
    page.get_by_role("link", name="Show what it brought").click()
    page.locator("h1", has_text="1 newly lost").wait_for()
    assert TITLE in page.locator("article h3").all_text_contents()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert told == []
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_the_page_and_its_status_say_what_they_may_do(
    watch: Callable[..., Watching], slow: Event
) -> None:
    slow.set()
    watching = watch("--http", 0)
    door = Door(watching)
    for path in ("/", "/status.json"):
        status, headers, _ = door.ask("GET", path)
        assert status == 200
        assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert door.ask("GET", path, headers={"Host": "evil.example"})[0] == 421
        assert door.ask("POST", path)[0] == 405
    policy = door.ask("GET", "/")[2].decode().partition("Content-Security-Policy")[2][:400]
    assert "connect-src &#39;self&#39;; " in policy
    assert "default-src &#39;none&#39;" in policy
    watching.await_runs(1)
    document = wait_for(lambda: json.loads(door.ask("GET", "/status.json")[2]))
    assert document["running"] is None
    assert document["progress"] is None
    assert document["text"].startswith("No run goes on")


def test_before_anything_is_known_the_page_says_so(
    watch: Callable[..., Watching], slow: Event
) -> None:
    door = Door(watch("--http", 0))
    assert not slow.is_set()
    assert b"No run is known yet" in door.ask("GET", "/")[2]


def test_the_page_is_there_while_items_are_away(
    watch: Callable[..., Watching], slow: Event, items: Path
) -> None:
    slow.set()
    watching = watch("--http", 0)
    watching.await_runs(1)
    items.rename(items.with_name("away"))
    door = Door(watching)
    assert door.ask("GET", "/")[0] == 200
    (told,) = watching.await_events("ledger-lost")
    assert "items" in told["message"]


def test_progress_of_a_process_that_is_gone_is_none(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    assert read_progress(path) is None
    path.write_text(json.dumps({"pid": os.getpid(), "done": 1}))
    assert read_progress(path) == {"pid": os.getpid(), "done": 1}
    for text in ("", "{", "[]", '{"pid": "x"}', json.dumps({"pid": 2**22 + 7}), '{"pid": 1e99}'):
        path.write_text(text)
        assert read_progress(path) is None
