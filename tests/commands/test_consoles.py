"""The commands that Scrapy's developers look at pages and spiders with, wherever spiders live."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

    Scrapy = Callable[..., subprocess.CompletedProcess[str]]

HERE = Path(__file__).parents[2]
SITE = "http://news.example"
BRIDGE = f"{SITE}/bridge"
SPIDERS = f'''
import scrapy
from crawler.spiders import FeedsSpider, FoundArticle, ListingSpider


class OursSpider(ListingSpider):
    name = "ours"
    start_urls = ["{SITE}/list"]
    arguments = ListingSpider.arguments | {{"section"}}
    section = "town"

    def parse(self, response):
        """Read a list.

        @url {SITE}/list
        @returns items 1 1
        @scrapes url title
        """
        for link in response.css("a.teaser"):
            title = link.css("::text").get()
            yield FoundArticle(link.attrib["href"], title, topics=(self.section,))


class FeedSpider(FeedsSpider):
    name = "ours-feed"
    start_urls = ["{SITE}/feed"]

    def choose(self, article):
        return None if "/advert" in article.url else article


class PlainSpider(scrapy.Spider):
    name = "plain"
    start_urls = ["{SITE}/list"]

    def parse(self, response):
        for link in response.css("a.teaser"):
            yield {{"url": response.urljoin(link.attrib["href"])}}
'''
# A project that sets components of its own, to which ours are added.
SETTINGS = """
SPIDER_MODULES = ["courier.spiders"]
NEWSPIDER_MODULE = "courier.spiders"
DOWNLOADER_MIDDLEWARES = {"courier.middlewares.Own": 543}
DOWNLOAD_DELAY = 0
CRAWLER_WAYBACK = ""
CRAWLER_EXTRACTION_WORKERS = 1
"""
ADDON = """
ADDONS = {"crawler.addon.Addon": 500}
CRAWLER_ITEMS = "stories"
CRAWLER_OUTPUT = "enriched"
"""
MIDDLEWARES = """
class Own:
    def process_request(self, request):
        return None
"""


@pytest.fixture(params=["a project", "a project with the add-on"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    package = tmp_path / "courier"
    package.mkdir()
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = courier.settings\n")
    for name, text in {
        "__init__": "",
        "spiders": SPIDERS,
        "settings": SETTINGS + (ADDON if "add-on" in request.param else ""),
        "middlewares": MIDDLEWARES,
    }.items():
        (package / f"{name}.py").write_text(text)
    return tmp_path


@pytest.fixture
def scrapy(web: LocalWeb, article_html: Callable[..., str]) -> Scrapy:
    """Run `scrapy WORDS` in a folder, with a site of a list, a feed, a sitemap and an article."""
    web.page(BRIDGE, article_html())
    web.page(f"{SITE}/list", '<a class="teaser" href="/bridge">The bridge</a>')
    entries = "".join(
        f"<item><title>T</title><link>{SITE}/{name}</link></item>" for name in ("bridge", "advert")
    )
    rss = f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'
    web.page(f"{SITE}/feed", rss, headers={"Content-Type": "application/rss+xml"})
    named = f'<link rel="alternate" type="application/rss+xml" href="{SITE}/feed">'
    web.page(f"{SITE}/", f"<head>{named}</head>")
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    locations = f'<urlset xmlns="{schema}"><url><loc>{BRIDGE}</loc></url></urlset>'
    web.page(f"{SITE}/sitemap.xml", locations, headers={"Content-Type": "application/xml"})
    text = {"Content-Type": "text/plain"}
    web.page(f"{SITE}/robots.txt", f"Sitemap: {SITE}/sitemap.xml\n", headers=text)

    def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        quick = ["-s", "DOWNLOAD_DELAY=0", "-s", "CRAWLER_EXTRACTION_WORKERS=1"]
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *words, *quick],
            cwd=folder,
            env=environment(web) | {"BROWSER": "true"},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


def good(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command printed that went well, and whose log has nothing strange."""
    assert done.returncode == 0, done.stdout + done.stderr
    for strange in ("Traceback", "CRITICAL", "] ERROR", "assert"):
        assert strange not in done.stderr, done.stderr
    return done.stdout


def test_parse_shows_a_visit_by_the_names_of_the_front_matter(scrapy: Scrapy) -> None:
    shown = good(scrapy(HERE, "parse", BRIDGE, "--spider", "items", "--nocolour"))
    assert "'state': 'ok'" in shown
    assert "'title': 'The old footbridge stays open'" in shown
    assert "'publishedDateTime': '2024-05-14T08:30:00+02:00'" in shown
    assert "'text': 'The council of the small town" in shown
    lost = good(scrapy(HERE, "parse", f"{SITE}/lost", "--spider", "items", "--pipelines"))
    assert "not-found" in lost


@pytest.mark.parametrize(
    ("spider", "url", "depth", "shown"),
    [
        ("feeds", f"{SITE}/feed", 1, f"'url': '{BRIDGE}'"),
        ("feeds", f"{SITE}/", 2, f"'url': '{BRIDGE}'"),
        ("sitemaps", f"{SITE}/sitemap.xml", 1, f"'url': '{BRIDGE}'"),
        ("sitemaps", f"{SITE}/robots.txt", 2, f"'url': '{BRIDGE}'"),
        ("warc", BRIDGE, 1, f"'url': '{BRIDGE}'"),
    ],
)
def test_parse_shows_what_spiders_find(
    scrapy: Scrapy, spider: str, url: str, depth: int, shown: str
) -> None:
    words = ("parse", url, "--spider", spider, "-d", str(depth), "--nocolour")
    assert shown in good(scrapy(HERE, *words))


def test_parse_runs_the_spiders_of_a_project(project: Path, scrapy: Scrapy) -> None:
    listed = f"{SITE}/list"
    words = ("parse", listed, "--spider", "ours", "-a", "section=sport", "--nocolour")
    shown = good(scrapy(project, *words))
    assert "'url': '/bridge'" in shown
    assert "'topics': ('sport',)" in shown
    fed = good(scrapy(project, "parse", f"{SITE}/feed", "--spider", "ours-feed", "--nocolour"))
    assert BRIDGE in fed
    assert "/advert" not in fed
    plain = good(scrapy(project, "parse", listed, "--spider", "plain", "--nocolour"))
    assert f"'url': '{BRIDGE}'" in plain
    left = {path.name for path in project.iterdir()} - {"__pycache__"}
    assert left == {"courier", "scrapy.cfg"}  # and nothing was enriched


GUARDS = (
    "(response.status, spider.name,"
    " 'crawler.downloader.ssrf.SsrfMiddleware' in spider.settings['DOWNLOADER_MIDDLEWARES'],"
    " 'crawler.downloader.stop.BoundedStop' in spider.settings['EXTENSIONS'])"
)


def test_the_shell_has_the_spiders_of_ours_with_their_guards(scrapy: Scrapy) -> None:
    shown = good(scrapy(HERE, "shell", BRIDGE, "--spider", "items", "-c", GUARDS))
    assert shown.strip() == "(200, 'items', True, True)"
    assert good(scrapy(HERE, "shell", "--spider", "items", "-c", "1 + 1")).strip() == "2"
    assert good(scrapy(HERE, "shell", BRIDGE, "-c", "response.status")).strip() == "200"


def test_the_shell_has_the_spiders_of_a_project(project: Path, scrapy: Scrapy) -> None:
    shown = good(scrapy(project, "shell", BRIDGE, "--spider", "ours", "-c", GUARDS))
    assert shown.strip() == "(200, 'ours', True, True)"


def test_pages_are_fetched_and_viewed(scrapy: Scrapy) -> None:
    assert "The old footbridge stays open" in good(scrapy(HERE, "fetch", BRIDGE))
    shown = good(scrapy(HERE, "fetch", BRIDGE, "--spider", "items", "--headers"))
    assert "> User-Agent: frontmatter-crawler/" in shown
    good(scrapy(HERE, "view", BRIDGE))


def test_looking_at_a_page_enriches_nothing(
    project: Path, scrapy: Scrapy, write_item: Callable[..., Path]
) -> None:
    write_item(project / "stories", "a", original_url=BRIDGE)
    assert "The old footbridge" in good(scrapy(project, "fetch", BRIDGE))
    assert "The old footbridge" in good(scrapy(project, "fetch", BRIDGE, "--spider", "plain"))
    good(scrapy(project, "parse", f"{SITE}/list", "--spider", "plain"))
    assert not (project / "enriched").exists()


def test_contracts_are_checked(project: Path, scrapy: Scrapy, web: LocalWeb) -> None:
    done = scrapy(project, "check", "ours")
    assert done.returncode == 0, done.stderr
    assert "Ran 2 contracts" in done.stderr
    web.page(f"{SITE}/list", "<h1>Nothing</h1>")
    done = scrapy(project, "check", "ours")
    assert done.returncode == 1
    assert "Returned 0 items, expected 1" in done.stderr


def test_spiders_and_settings_are_listed(project: Path, scrapy: Scrapy) -> None:
    assert good(scrapy(HERE, "list")).split() == ["feeds", "items", "sitemaps", "warc"]
    assert good(scrapy(HERE, "settings", "--get", "ROBOTSTXT_OBEY")).strip() == "True"
    assert good(scrapy(HERE, "settings", "--getfloat", "CRAWLER_STOP_GRACE")).strip() == "8.0"
    assert good(scrapy(project, "list")).split() == ["ours", "ours-feed", "plain"]


def test_a_spider_of_a_single_file_runs_and_exports_its_articles(
    tmp_path: Path, scrapy: Scrapy
) -> None:
    (tmp_path / "alone.py").write_text(SPIDERS.partition("class FeedSpider")[0])
    words = ("-a", "items=items", "-a", "output=out", "-O", "out.jsonl", "-O", "out.csv")
    done = scrapy(tmp_path, "runspider", "alone.py", *words)
    good(done)
    [article] = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert (article["change"], article["requestedUrl"]) == ("new", BRIDGE)
    assert (article["state"], article["httpStatus"]) == ("ok", 200)
    assert article["authors"] == ["Ada Okafor"]
    assert article["text"].startswith("The council of the small town")
    assert not [name for name, value in article.items() if value is None]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["title"] == "The old footbridge stays open"
    assert row["archiveUrl"] == ""  # columns do not hang on the first article
    [scraped] = [
        after
        for line, after in zip(done.stderr.splitlines(), done.stderr.splitlines()[1:], strict=False)
        if "Scraped from" in line
    ]
    assert scraped == f"<ArticleItem new {BRIDGE} 'The old footbridge stays open'>"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("items",), "items: name at least one file or folder"),
        (("feeds", "-a", "items=stories"), "urls: name at least one feed"),
        (("items", "-a", "itmes=stories"), "there is no option itmes"),
    ],
)
def test_a_crawl_without_what_it_needs_says_so_in_a_line(
    scrapy: Scrapy, words: tuple[str, ...], reason: str, web: LocalWeb
) -> None:
    done = scrapy(HERE, "crawl", *words)
    assert done.returncode == 2, done.stderr
    assert f"[crawler.failure] ERROR: {reason}" in done.stderr
    assert "Traceback" not in done.stderr
    assert web.requests == []


@pytest.mark.xdist_group("scrapy bench")  # its server has a port of its own
def test_the_benchmark_measures_where_its_server_may_be_asked(scrapy: Scrapy) -> None:
    allowed = ("-s", "CRAWLER_ALLOWED_NETWORKS=127.0.0.0/8", "-s", "HTTPPROXY_ENABLED=0")
    done = scrapy(HERE, "bench", *allowed, "-s", "CLOSESPIDER_PAGECOUNT=10")
    assert "'downloader/response_status_count/200': 1" in done.stderr, done.stderr
    assert "'finish_reason': 'closespider_pagecount'" in done.stderr
