"""`crawler discover spider NAME`: where spiders are found that are not ours."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb

SPIDER = """
from crawler.spiders import FoundArticle, ListingSpider

class TalblattSpider(ListingSpider):
    name = "talblatt"
    start_urls = ["http://news.example/list"]

    def parse(self, response):
        yield FoundArticle("/bridge", title=self.settings["OF_THE_PROJECT"])
"""
PLAIN = """
from scrapy import Spider

class PlainSpider(Spider):
    name = "plain"
"""


@pytest.fixture
def site(web: LocalWeb, article_html: Callable[..., str]) -> LocalWeb:
    web.page("http://news.example/list", "<h1>News</h1>")
    web.page("http://news.example/bridge", article_html())
    return web


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a package of spiders and nothing else."""
    spiders = tmp_path / "project" / "talblatt"
    spiders.mkdir(parents=True)
    (spiders / "__init__.py").touch()
    (spiders / "news.py").write_text(SPIDER)
    (spiders / "plain.py").write_text(PLAIN)
    return spiders.parent


@pytest.fixture
def command(site: LocalWeb) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in a folder, with modules of that folder alone where `path` says so."""

    def run(*words: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = environment(site) | ({} if path is None else {"PYTHONPATH": str(path)})
        quick = ["--set=DOWNLOAD_DELAY=0", "--set=RETRY_TIMES=0", "--set=CRAWLER_WAYBACK="]
        return subprocess.run(
            [sys.executable, "-P", "-m", *words, *quick],
            env=env,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


DISCOVER = ("crawler", "discover", "spider", "talblatt", "--items=items")


def names(folder: Path) -> list[str]:
    return sorted(path.name[len("2024-05-14-") :] for path in folder.glob("*.md"))


def test_a_spider_is_found_in_the_modules_that_are_named(
    command: Callable[..., subprocess.CompletedProcess[str]], package: Path
) -> None:
    named = ("-s", "SPIDER_MODULES=talblatt", "-s", "OF_THE_PROJECT=named")
    done = command(*DISCOVER, *named, cwd=package)
    assert done.returncode == 0, done.stderr
    assert names(package / "items") == names(package / "output" / "items") == ["named.md"]


def test_a_spider_is_found_in_the_project_around_the_folder(
    command: Callable[..., subprocess.CompletedProcess[str]], package: Path
) -> None:
    (package / "scrapy.cfg").write_text("[settings]\ndefault = own_settings\n")
    settings = 'SPIDER_MODULES = ["talblatt"]\nOF_THE_PROJECT = "of the project"\n'
    (package / "own_settings.py").write_text(settings)
    below = package / "below"
    below.mkdir()
    done = command(*DISCOVER, cwd=below)
    assert done.returncode == 0, done.stderr
    assert names(below / "output" / "items") == ["of-the-project.md"]


def test_a_spider_is_found_in_an_installed_package(
    command: Callable[..., subprocess.CompletedProcess[str]], package: Path, tmp_path: Path
) -> None:
    metadata = package / "talblatt-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: talblatt\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[frontmatter_crawler.spiders]\nnews = talblatt\n")
    named = ("-s", "OF_THE_PROJECT=installed")
    done = command(*DISCOVER, *named, cwd=tmp_path, path=package)
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "output" / "items") == ["installed.md"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("talblat", "--items=i"), "no spider 'talblat'; there are plain, talblatt"),
        (("plain", "--items=i"), "'plain' finds no articles: it is no DiscoverSpider"),
        (("talblatt", "--items=i", "-a", "itmes=x"), "-a: 'itmes=x' is not NAME=VALUE with a name"),
        (("talblatt", "--items=i", "-a", "since"), "-a: 'since' is not NAME=VALUE"),
        (("talblatt", "--items=i", "-a", "max_new=no"), "max_new: 'no' is not a whole number"),
        (("x", "--items=i", "-s", "SPIDER_MODULES=nowhere"), "No module named 'nowhere'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(
    command: Callable[..., subprocess.CompletedProcess[str]],
    package: Path,
    words: tuple[str, ...],
    reason: str,
) -> None:
    modules = () if "SPIDER_MODULES=nowhere" in words else ("-s", "SPIDER_MODULES=talblatt")
    done = command("crawler", "discover", "spider", *words, *modules, cwd=package)
    assert done.returncode == 2
    assert reason in done.stderr
    assert not (package / "i").exists()
