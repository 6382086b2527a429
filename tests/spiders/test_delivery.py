"""Stored articles reach the pipelines, feeds and extensions of a Scrapy project, at least once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb

SITE = "http://news.example"
SETTINGS = """
SPIDER_MODULES = ["crawler.spiders.items"]
CRAWLER_CONTACT = "https://courier.example/bot"
CRAWLER_WAYBACK = "off"
CRAWLER_EXTRACTION_WORKERS = 1
DOWNLOAD_DELAY = 0
RETRY_TIMES = 0
ITEM_PIPELINES = {"courier.pipelines.ToSearch": 300}
EXTENSIONS = {"courier.pipelines.Listener": 0}
"""
PIPELINES = """
import asyncio
import json
import os
from pathlib import Path

from crawler.signals import article_stored, source_visited
from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

HERE = Path(__file__).parents[1]


def keep(name, what):
    with (HERE / name).open("a") as file:
        file.write(json.dumps(what) + "\\n")


class ToSearch:
    async def process_item(self, item):
        title, is_by_ben = item["title"], item.get("authors") == ["Ben Roe"]
        if (HERE / f"slow {title}").exists() and not is_by_ben:
            await asyncio.sleep(2)
        if (HERE / "fail Ben").exists() and is_by_ben:
            raise ConnectionError("not by Ben")
        if (HERE / f"fail {title}").exists():
            raise ConnectionError("the search engine is down")
        if (HERE / f"die {title}").exists():
            os._exit(9)
        keep("taken.jsonl", ItemAdapter(item).asdict())
        if (HERE / f"drop {title}").exists():
            raise DropItem("not for us")
        if (HERE / f"copy {title}").exists():
            return dict(item)
        return item


class Listener:
    @classmethod
    def from_crawler(cls, crawler):
        listener = cls()
        crawler.signals.connect(listener.stored, article_stored)
        crawler.signals.connect(listener.visited, source_visited)
        return listener

    async def stored(self, item, spider):
        keep("stored.jsonl", item["title"])
        if (HERE / f"refuse {item['title']}").exists():
            raise ValueError("not now")

    def visited(self, visit, spider):
        keep("visited.jsonl", [visit.key, visit.visit.state])
"""


class Project:
    """A Scrapy project of somebody's, with items that name pages of a site."""

    def __init__(
        self, folder: Path, web: LocalWeb, write_item: Callable[..., Path], page: Callable[..., str]
    ) -> None:
        self.folder, self._web, self._page = folder, web, page
        (folder / "courier").mkdir(parents=True)
        (folder / "scrapy.cfg").write_text("[settings]\ndefault = courier.settings\n")
        (folder / "courier/__init__.py").touch()
        (folder / "courier/settings.py").write_text(SETTINGS)
        (folder / "courier/pipelines.py").write_text(PIPELINES)
        for name in "ab":
            self.put(name)
        write_item(folder / "items", "a", original_url=f"{SITE}/a", related=[f"{SITE}/b"])
        write_item(folder / "items", "gone", original_url=f"{SITE}/gone", related=[f"{SITE}/b"])

    def put(self, name: str, **changes: Any) -> None:
        text = [f"What {name} says of the bridge and of the town."] * 30
        self._web.page(
            f"{SITE}/{name}", self._page(**{"title": name, "paragraphs": text} | changes)
        )

    def flag(self, name: str, *, on: bool = True) -> None:
        """Have the project's code do something else."""
        path = self.folder / name
        path.touch() if on else path.unlink()

    def set(self, line: str) -> None:
        with (self.folder / "courier/settings.py").open("a") as file:
            file.write(f"{line}\n")

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command, by default in the project's folder, and nothing of ours beside it."""
        given = words or ("crawler", "run", "items")
        command = [sys.executable, "-m", *given]
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=environment(self._web) | {"PYTHONPATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def read(self, name: str = "taken.jsonl") -> list[Any]:
        """What the project's code, or a feed, has kept since this was asked last."""
        path = self.folder / name
        kept = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        path.unlink(missing_ok=True)
        return kept

    def titles(self, name: str = "taken.jsonl") -> list[str]:
        return sorted(article["title"] for article in self.read(name))


@pytest.fixture
def project(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> Project:
    return Project(tmp_path / "project", web, write_item, article_html)


WAYS = {
    "crawler run": ("crawler", "run", "items"),
    "scrapy crawl": ("scrapy", "crawl", "items", "-a", "items=items", "-a", "output=output"),
    "crawler discover": ("crawler", "discover", "feeds", f"{SITE}/feed", "--items", "items"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_ordinary_pipeline_gets_each_article_once(
    way: str, project: Project, web: LocalWeb
) -> None:
    entry = f"<item><title>a</title><link>{SITE}/a</link></item>"
    rss = f'<rss version="2.0"><channel><title>Feed</title>{entry}</channel></rss>'
    web.page(f"{SITE}/feed", rss, headers={"Content-Type": "application/rss+xml"})
    done = project.run(*WAYS[way])
    assert done.returncode == 0, done.stderr
    a, b = sorted(project.read(), key=lambda article: article["title"])
    assert (a["change"], a["itemFiles"]) == ("new", [str(project.folder / "items/a.md")])
    assert a["textFile"] == "items/a.md"
    assert a["text"].startswith("What a says of the bridge")
    assert b["textFile"].startswith("sources/news.example/b-")
    names = [path.rpartition("/")[2] for path in b["itemFiles"]]
    assert names == ["a.md", "gone.md"]
    assert sorted(project.read("stored.jsonl")) == ["a", "b"]
    states = dict(project.read("visited.jsonl"))
    assert states["news.example/gone"] == "not-found"
    assert project.run(*WAYS[way]).returncode == 0
    assert project.read() == []


def test_it_says_what_an_export_says(project: Project) -> None:
    project.run()
    articles = {article["textFile"]: article for article in project.read()}
    assert project.run("crawler", "export").returncode == 0
    rows = {row["textFile"]: row for row in project.read("export/articles.jsonl")}
    assert rows.keys() == articles.keys()
    for name, row in rows.items():
        told = {key: value for key, value in row.items() if value is not None}
        more = {"change": "new", "itemFiles": articles[name]["itemFiles"]}
        assert articles[name] == told | more


@pytest.mark.parametrize("flag", ["fail b", "refuse b"])
def test_what_was_not_taken_is_delivered_by_the_next_run(
    flag: str, project: Project, web: LocalWeb
) -> None:
    project.flag(flag)
    first = project.run()
    assert first.returncode == 1
    told = "articles that were not taken: 1; the next run delivers them again"
    assert told in first.stderr
    assert 'state: "ok"' in (project.folder / "output/items/a.md").read_text()
    if flag == "fail b":
        assert project.titles() == ["a"]
    assert project.run().returncode == 1  # it still fails, and is not lost
    project.flag(flag, on=False)
    project.read()
    web.forget()
    assert project.run().returncode == 0
    assert [(one["title"], one["change"]) for one in project.read()] == [("b", "new")]
    assert [request.path for request in web.requests if request.path == "/b"] == []
    assert project.run().returncode == 0
    assert project.read() == []


def test_a_run_that_dies_at_an_article_delivers_it_again(project: Project) -> None:
    project.flag("die b")
    assert project.run().returncode == 9
    taken = project.titles()
    project.flag("die b", on=False)
    assert project.run().returncode == 0
    assert sorted({*taken, *project.titles()}) == ["a", "b"]
    assert project.run().returncode == 0
    assert project.read() == []


@pytest.mark.parametrize("flag", ["drop b", "copy b"])
def test_what_is_dropped_or_handed_on_as_another_item_was_taken(
    flag: str, project: Project
) -> None:
    project.flag(flag)
    assert project.run().returncode == 0
    assert project.titles() == ["a", "b"]
    assert project.run().returncode == 0
    assert project.read() == []


def test_a_change_says_what_has_changed_and_no_news_is_none(project: Project) -> None:
    project.run()
    project.read()
    again = ("crawler", "run", "items", "--force")
    project.run(*again)
    assert project.read() == []
    project.put("a", authors=("Ben Roe",), section="Sport")
    project.run(*again)
    [changed] = project.read()
    assert (changed["title"], changed["change"]) == ("a", "changed")
    assert sorted(changed["changedFields"]) == ["authors", "section"]
    assert changed["authors"] == ["Ben Roe"]


def test_a_change_of_what_was_never_taken_is_new(project: Project) -> None:
    project.flag("fail a")
    project.run()
    project.put("a", authors=("Ben Roe",))
    project.run("crawler", "run", "items", "--force")
    project.flag("fail a", on=False)
    project.read()
    project.run()
    assert [(one["change"], one["authors"]) for one in project.read()] == [("new", ["Ben Roe"])]


def test_what_comes_while_an_earlier_one_is_on_its_way_is_not_taken_with_it(
    project: Project,
) -> None:
    project.flag("fail a")
    project.run()
    project.flag("fail a", on=False)
    project.flag("slow a")
    project.flag("fail Ben")
    project.put("a", authors=("Ben Roe",))
    project.run("crawler", "run", "items", "--force")
    project.flag("fail Ben", on=False)
    project.read()
    assert project.run().returncode == 0
    assert [one["authors"] for one in project.read()] == [["Ben Roe"]]


def test_a_feed_has_the_articles_and_nothing_else(project: Project) -> None:
    project.set('FEEDS = {"out/articles.jsonl": {"format": "jsonlines", "overwrite": True}}')
    assert project.run().returncode == 0
    assert project.titles("out/articles.jsonl") == ["a", "b"]
    assert project.run().returncode == 0
    assert project.titles("out/articles.jsonl") == []


def test_a_feed_that_could_not_be_written_is_written_by_the_next_run(project: Project) -> None:
    project.set('FEEDS = {"out/articles.jsonl": {"format": "jsonlines"}}')
    (project.folder / "out").touch()
    assert project.run().returncode == 1
    (project.folder / "out").unlink()
    assert project.run().returncode == 0
    assert project.titles("out/articles.jsonl") == ["a", "b"]


def test_scrapy_exports_articles(project: Project) -> None:
    assert project.run(*WAYS["scrapy crawl"], "-O", "articles.jsonl").returncode == 0
    assert project.titles("articles.jsonl") == ["a", "b"]


def test_elsewhere_the_project_is_not_asked(project: Project, tmp_path: Path) -> None:
    contact = "--set=CRAWLER_CONTACT=https://example.com/bot"
    quick = [word for word in arguments("run") if word.startswith("--set=")]
    items = str(project.folder / "items")
    assert project.run("crawler", "run", items, contact, *quick, cwd=tmp_path).returncode == 0
    assert project.read() == []


def test_the_demo_is_no_news_for_a_project(project: Project) -> None:
    assert project.run("crawler", "demo").returncode == 0
    assert project.read() == []


def test_a_project_that_cannot_be_loaded_is_told(project: Project) -> None:
    project.set("import no_such_module")
    done = project.run()
    assert done.returncode == 2
    assert "cannot be loaded: No module named 'no_such_module'" in done.stderr
    assert not os.path.lexists(project.folder / "output")
