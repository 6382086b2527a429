"""The same job by `scrapy crawl`, as Scrapyd and other schedulers start it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

PROJECT = Path(__file__).parents[2]
NEWS = "http://news.example/bridge"
OTHER = "http://other.example/market"
FETCHED = re.compile(rb'(fetchedDateTime|attemptedDateTime|failingSince): "[^"]+"')


@pytest.fixture
def scrapy(web: LocalWeb) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `scrapy crawl`, of items if nothing else is said, with spider arguments."""

    def crawl(*pairs: str, spider: str = "items") -> subprocess.CompletedProcess[str]:
        words = [word for pair in pairs for word in ("-a", pair)]
        command = [sys.executable, "-m", "scrapy", "crawl", spider, *words]
        quick = ["--set=DOWNLOAD_DELAY=0", "--set=RETRY_TIMES=0", "--set=CRAWLER_WAYBACK="]
        return subprocess.run(
            [*command, *quick],
            cwd=PROJECT,
            env=environment(web),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return crawl


def contents(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): FETCHED.sub(rb'\1: ""', path.read_bytes())
        for path in output.rglob("*.md")
    }


def test_scrapy_crawl_writes_what_the_crawler_command_writes(
    scrapy: Callable[..., subprocess.CompletedProcess[str]],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    items = tmp_path / "items"
    lost = "http://other.example/lost"
    write_item(items, "a", original_url=NEWS, related=[OTHER, lost], crlf=True)
    write_item(items, "sub/b", original_url=lost)
    write_item(items, "skipped", original_url="http://skipped.example/a")
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))

    by_scrapy = scrapy(
        f"items={items}", f"output={tmp_path / 'scrapy'}", "only=a.md,sub/*", "_job=0123abcd"
    )
    words = ("--only", "a.md", "--only", "sub/*")
    by_command = run_crawler("run", items, "-o", tmp_path / "command", *words, web=web)

    assert by_scrapy.returncode == 0, by_scrapy.stderr
    assert by_command.code == 0
    written = contents(tmp_path / "scrapy")
    assert len(written) == 3
    assert {"items/a.md", "items/sub/b.md"} < written.keys()
    assert written == contents(tmp_path / "command")
    assert "Traceback" not in by_scrapy.stderr
    assert "'crawler/state/ok': 2" in by_scrapy.stderr
    assert "'crawler/state/not-found': 1" in by_scrapy.stderr


def test_a_run_that_could_not_be_done_tells_it_by_its_exit_code(
    scrapy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = scrapy(f"items={tmp_path / 'none'}", f"output={tmp_path / 'output'}")
    assert done.returncode == 2, done.stderr
    assert "none" in done.stderr


def test_a_spider_argument_that_does_not_exist_is_named(
    scrapy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, web: LocalWeb
) -> None:
    done = scrapy(f"items={tmp_path}", f"output={tmp_path / 'output'}", "itmes=typo")
    assert done.returncode != 0
    assert "there is no option itmes" in done.stderr
    assert web.requests == []
    assert not (tmp_path / "output").exists()


def test_a_run_that_could_not_be_done_or_found_nothing_does_not_end_in_0(
    scrapy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, web: LocalWeb
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    feed = "http://news.example/feed"
    web.page(feed, "no feed", headers={"Content-Type": "text/plain"})
    found = scrapy(f"urls={feed}", f"items={items}", f"output={output}", spider="feeds")
    assert found.returncode == 1, found.stderr
    assert "neither a feed nor a page" in found.stderr

    ledger = output / ".crawler" / "ledger.sqlite3"
    ledger.unlink()
    ledger.mkdir()
    undone = scrapy(f"items={items}", f"output={output}")
    assert undone.returncode == 2, undone.stderr
    assert str(ledger) in undone.stderr
