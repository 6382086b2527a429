"""Another Scrapy project that enables the add-on: its items in, enriched files out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
import yaml

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb

SITE = "http://news.example"
SPIDERS = f"""
import scrapy
from crawler.spiders import FoundArticle, ListingSpider


class Story(scrapy.Item):
    link = scrapy.Field()
    title = scrapy.Field()
    day = scrapy.Field()


class PlainSpider(scrapy.Spider):
    name = "plain"
    start_urls = ["{SITE}/list"]

    def parse(self, response):
        yield Story(link="{SITE}/bridge", title=["The bridge"], day="2024-05-14")
        yield {{"link": "/relative", "title": "Nowhere"}}
        yield {{"link": "{SITE}/bridge", "title": "Again"}}


class OursSpider(ListingSpider):
    name = "ours"
    start_urls = ["{SITE}/list"]

    def parse(self, response):
        yield FoundArticle("/bridge", title="The bridge", published="2024-05-14")
"""
SETTINGS = """
SPIDER_MODULES = ["courier.spiders"]
ADDONS = {"crawler.addon.Addon": 500}
ITEM_PIPELINES = {"courier.pipelines.Own": 300}
CRAWLER_ITEMS = "stories"
CRAWLER_OUTPUT = "enriched"
CRAWLER_ITEM_FIELDS = {"url": "link", "published": "day"}
CRAWLER_WAYBACK = ""
CRAWLER_EXTRACTION_WORKERS = 1
DOWNLOAD_DELAY = 0
USER_AGENT = "courier (+https://courier.example/bot)"
FEEDS = {"stories.json": {"format": "json"}}
"""
PIPELINES = """
class Own:
    def process_item(self, item):
        return item if "title" in item else None  # which breaks for what is no item of theirs
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "courier"
    package.mkdir()
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = courier.settings\n")
    for name, text in {
        "__init__": "",
        "spiders": SPIDERS,
        "settings": SETTINGS,
        "pipelines": PIPELINES,
    }.items():
        (package / f"{name}.py").write_text(text)
    return tmp_path


@pytest.fixture
def scrapy(project: Path, web: LocalWeb) -> Callable[..., str]:
    """Run `scrapy WORDS` in the project, and return its log."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *words],
            cwd=project,
            env=environment(web),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def fields(path: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(path.read_text("utf-8").split("---\n")[1])
    return found


def test_items_of_any_spider_become_enriched_files(
    scrapy: Callable[..., str], project: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(f"{SITE}/list", "<h1>News</h1>")
    web.page(f"{SITE}/bridge", article_html())

    log = scrapy("crawl", "plain")

    assert len(json.loads((project / "stories.json").read_text())) == 3  # all items passed
    item = project / "stories" / "2024-05-14-the-bridge.md"
    assert list((project / "stories").iterdir()) == [item]
    assert fields(item)["originalUrl"] == f"{SITE}/bridge"
    enriched = fields(project / "enriched" / "items" / item.name)
    assert enriched["enrichment"]["source"]["state"] == "ok"
    assert "'crawler/discovery/created': 1" in log
    assert "'crawler/discovery/known': 1" in log
    assert "'crawler/discovery/unusable': 1" in log
    assert "'crawler/state/ok': 1" in log
    agents = {request.headers["User-Agent"] for request in web.requests}
    assert agents == {"courier (+https://courier.example/bot)"}

    assert "'crawler/discovery/known': 2" in scrapy("crawl", "plain")  # and nothing is due


def test_without_a_folder_of_items_nothing_is_written(
    scrapy: Callable[..., str], project: Path, web: LocalWeb
) -> None:
    web.page(f"{SITE}/list", "<h1>News</h1>")
    scrapy("crawl", "plain", "-s", "CRAWLER_ITEMS=")
    assert not (project / "stories").exists()
    assert not (project / "enriched").exists()


def test_items_pass_also_where_their_files_cannot_be_written(
    scrapy: Callable[..., str], project: Path, web: LocalWeb
) -> None:
    web.page(f"{SITE}/list", "<h1>News</h1>")
    (project / "enriched").write_text("in the way")
    log = scrapy("crawl", "plain")
    assert log.count("no more items are created") == 1
    assert len(json.loads((project / "stories.json").read_text())) == 3


def test_spiders_of_ours_run_in_such_a_project_whatever_its_pipelines_do(
    scrapy: Callable[..., str], project: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(f"{SITE}/list", "<h1>News</h1>")
    web.page(f"{SITE}/bridge", article_html())
    log = scrapy("crawl", "ours", "-a", "items=stories", "-a", "output=enriched")
    enriched = fields(project / "enriched" / "items" / "2024-05-14-the-bridge.md")
    assert enriched["enrichment"]["source"]["state"] == "ok"
    assert "'crawler/state/ok': 1" in log


def test_stopping_a_spider_stops_the_crawl_of_its_articles(
    scrapy: Callable[..., str], project: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(f"{SITE}/list", "<h1>News</h1>")
    web.page(f"{SITE}/bridge", article_html(), delay=100)
    running = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "plain", "-s", "CRAWLER_STOP_GRACE=0.5"],
        cwd=project,
        env=environment(web),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while not web.count(f"{SITE}/bridge") and time.monotonic() < until:
            time.sleep(0.1)
        [child] = [
            process
            for process in psutil.Process(running.pid).children()
            if "crawler" in process.cmdline()
        ]
        running.terminate()
        log = running.communicate(timeout=30)[1]
    finally:
        running.kill()
    assert not child.is_running()
    assert "interrupted" in log

    web.page(f"{SITE}/bridge", article_html())
    assert "'crawler/state/ok': 1" in scrapy("crawl", "plain")
