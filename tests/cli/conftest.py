"""Fixtures for the command line: commands in this process, and one crawl to look at."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from crawler.cli import main
from tests.web.articles import article_html
from tests.web.command import Outcome, run_crawler
from tests.web.item_files import write_item
from tests.web.local_web import LocalWeb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.certificates import Authority

NEWS = "http://news.example/bridge"
AMP = "http://news.example/amp/bridge"
OTHER = "http://other.example/market"
LOST = "http://other.example/lost"


@dataclass(frozen=True, slots=True)
class Crawled:
    """A folder of items and what one crawl made of it; not to be changed."""

    items: Path
    output: Path
    outcome: Outcome


@pytest.fixture(scope="session")
def crawled(certificate_authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """The crawl of an item whose article only the AMP page has, and of one that is lost."""
    folder = tmp_path_factory.mktemp("crawled")
    items, output = folder / "items", folder / "output"
    write_item(items, "bridge", original_url=NEWS, ampWebUrl=AMP, related=[OTHER])
    write_item(items, "sub/lost", original_url=LOST)
    with closing(LocalWeb(certificate_authority)) as web:
        web.page(AMP, article_html(canonical=NEWS), headers={"ETag": '"v1"'})
        web.page(OTHER, article_html(title="Market moves [indoors]", authors=()))
        return Crawled(items, output, run_crawler("run", items, "-o", output, "--json", web=web))


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Run a command that crawls nothing in this process."""

    def run(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["crawler", *map(str, words)])
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setenv("NO_COLOR", "1")
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Outcome(code or 0, captured.out, captured.err)

    return run
