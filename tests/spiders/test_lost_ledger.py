"""A lost ledger, played with real crawls; `tests/test_recovery.py` has the many cases."""

from __future__ import annotations

import shutil
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import run_crawler
from tests.web.replayed_web import CORPUS, needs_corpus, replayed_web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.replayed_web import ReplayedWeb

NEWS, OTHER = "http://news.example/bridge", "http://other.example/market"
MODES = [pytest.param((), id="output"), pytest.param(("--in-place",), id="in-place")]
ALWAYS = ("--older-than", "0s")


@pytest.fixture
def no_network() -> Iterator[Callable[[Any], Any]]:
    """Give a web where nothing answers that a crawl asks for: a proxy that hangs up."""
    with ThreadingTCPServer(("127.0.0.1", 0), BaseRequestHandler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield lambda web: SimpleNamespace(proxy_url=url, ca_file=web.ca_file)
        server.shutdown()
        thread.join()


def lose_ledger(output: Path) -> None:
    for path in (output / ".crawler").glob("ledger*"):
        path.unlink()


def files(*folders: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for folder in folders
        for path in sorted(folder.rglob("*.md"))
    }


@pytest.mark.parametrize("mode", MODES)
def test_a_crawl_without_its_ledger_goes_on_where_the_files_are(
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    no_network: Callable[[Any], Any],
    mode: tuple[str, ...],
) -> None:
    def crawl(*words: object, web: Any = web) -> Outcome:
        return run_crawler("run", items, "-o", output, "--json", *mode, *words, web=web)

    web.page(NEWS, article_html(image="http://news.example/a.jpg"), headers={"ETag": '"1"'})
    web.page(OTHER, article_html("The market moves"))
    path = write_item(items, "bridge", original_url=NEWS, related=[OTHER], body="Mine.\n")
    assert crawl().code == 0
    before = files(items, output)

    lose_ledger(output)
    dead = crawl(web=no_network(web))
    assert (dead.code, dead.json["sources"]["held"]) == (0, {"ok": 2})
    assert files(items, output) == before

    lose_ledger(output)
    web.forget()
    assert crawl().json["sources"]["due"] == 0
    assert crawl(*ALWAYS).json["sources"]["visited"] == {"ok": 2}
    assert files(items, output) == before
    assert crawl(*ALWAYS).json["sources"]["visited"] == {"not-modified": 1, "ok": 1}

    lose_ledger(output)
    failed = crawl(*ALWAYS, web=no_network(web))
    assert (failed.code, failed.json["sources"]["visited"]) == (0, {"robots": 2})
    enriched = path if mode else output / "items" / "bridge.md"
    text = enriched.read_text("utf-8")
    assert 'lastAttempt:\n      state: "robots"' in text
    assert "keep the old footbridge open" in text

    lose_ledger(output)
    assert crawl(*ALWAYS).json["sources"]["visited"] == {"ok": 2}
    assert {name: of[0] for name, of in files(items, output).items()} == {
        name: of[0] for name, of in before.items()
    }


@pytest.fixture
def corpus_web(tmp_path: Path) -> Iterator[ReplayedWeb]:
    with replayed_web(tmp_path) as web:
        yield web


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
def test_the_corpus_is_as_it_was_without_ledger_and_network(
    tmp_path: Path,
    corpus_web: ReplayedWeb,
    no_network: Callable[[Any], Any],
    mode: tuple[str, ...],
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    items.mkdir()
    for path in (CORPUS / "items").rglob("*.md"):  # as files of ours: they may be read-only there
        shutil.copyfile(path, items / path.name)
    settings = {"CRAWLER_CONTACT": "https://crawler.example/"}
    words = ("run", items, "-o", output, "--json", *mode)
    run_crawler(*words, web=corpus_web, settings=settings, seconds=500)
    before = files(items, output)

    lose_ledger(output)
    dead = run_crawler(*words, web=no_network(corpus_web), settings=settings, seconds=300)

    assert files(items, output) == before
    assert dead.json["files"]["written"] == 0
    assert dead.json["sources"]["held"].get("not-visited", 0) == 0
