"""`scrapy genspider` with templates of ours, in a Scrapy project of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import crawler.spiders
from tests.web.command import environment


def in_project(project: Path, *words: str, seconds: float = 100) -> str:
    """Run a module in a project, which may import that alone; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=project,
        env={key: value for key, value in environment().items() if not key.startswith("PYTEST")},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    spiders = tmp_path / "courier" / "spiders"
    spiders.mkdir(parents=True)
    (spiders / "__init__.py").touch()
    (spiders.parent / "__init__.py").touch()
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = courier.settings\n")
    modules = "SPIDER_MODULES = ['courier.spiders']\nNEWSPIDER_MODULE = 'courier.spiders'\n"
    (spiders.parent / "settings.py").write_text(f"BOT_NAME = 'courier'\n{modules}")
    return tmp_path


def test_each_template_makes_a_spider_with_a_test_that_passes(tmp_path: Path) -> None:
    project = tmp_path
    in_project(project, "scrapy", "startproject", "courier", ".")
    for template, name, address in (
        ("source", "source", "http://source.example/news/all?sort=new"),
        ("feed", "feed", "feed.example"),
        ("sitemap", "sitemap", "https://sitemap.example"),
        ("sitemap", "map", "https://map.example/maps/all.xml"),
    ):
        made = in_project(project, "scrapy", "genspider", "-t", template, f"my-{name}", address)
        assert f"test_my_{name}.py" in made
    spiders = in_project(project, "scrapy", "list").split()
    assert spiders == ["my-feed", "my-map", "my-sitemap", "my-source"]
    told = in_project(project, "pytest", "-q", "-p", "no:cacheprovider", "-W", "error")
    assert "4 passed" in told


def test_an_address_without_a_scheme_may_have_a_port(project: Path) -> None:
    in_project(project, "scrapy", "genspider", "-t", "feed", "port", "news.example:8080/feed")
    spiders = project / "courier" / "spiders"
    start = 'start_urls = ["https://news.example:8080/feed"]'
    assert start in (spiders / "port.py").read_text()
    assert "https://news.example:8080/2024/bridge" in (spiders / "test_port.py").read_text()
    for address in ("ftp://news.example/", "news.example:port/feed"):
        with pytest.raises(AssertionError, match="is no address of the web"):
            in_project(project, "scrapy", "genspider", "-t", "feed", "none", address)
    assert not (spiders / "none.py").exists()


def test_a_generated_test_fails_with_its_spider(project: Path) -> None:
    in_project(project, "scrapy", "genspider", "-t", "source", "news", "news.example")
    spider = project / "courier" / "spiders" / "news.py"
    spider.write_text(spider.read_text().replace("a[rel=next]", "a.next"))
    with pytest.raises(AssertionError, match="The market moves indoors"):
        in_project(project, "pytest", "-q", "-p", "no:cacheprovider")


def test_a_test_that_is_there_is_kept_unless_it_is_to_be_replaced(project: Path) -> None:
    test = project / "courier" / "spiders" / "test_news.py"
    test.write_text("# mine")
    generate = ("scrapy", "genspider", "-t", "feed", "news", "news.example")
    assert "test_news.py already exists" in in_project(project, *generate)
    assert test.read_text() == "# mine"
    in_project(project, *generate, "--force")
    assert "NewsSpider" in test.read_text()


def test_the_templates_of_scrapy_are_there_as_ever(project: Path) -> None:
    listed = in_project(project, "scrapy", "genspider", "-l").split()
    assert {"basic", "crawl", "csvfeed", "xmlfeed", "feed", "sitemap", "source"} <= set(listed)
    assert not {"feed.test", "source.test"} & set(listed)
    in_project(project, "scrapy", "genspider", "plain", "plain.example")
    spiders = project / "courier" / "spiders"
    assert "scrapy.Spider" in (spiders / "plain.py").read_text()
    assert not (spiders / "test_plain.py").exists()


def test_no_spider_is_written_into_an_installed_package(tmp_path: Path) -> None:
    site = tmp_path / ".venv" / "lib" / "site-packages" / "installed"
    site.mkdir(parents=True)
    (site / "__init__.py").touch()
    (site / "settings.py").write_text("NEWSPIDER_MODULE = 'installed'\n")
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = installed.settings\n")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "genspider", "-t", "source", "news", "news.example"],
        cwd=tmp_path,
        env={**environment(), "PYTHONPATH": str(site.parent)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"a spider of yours does not belong into {site}" in done.stdout + done.stderr
    assert "`scrapy startproject NAME .`" in done.stdout + done.stderr
    assert sorted(path.name for path in site.glob("*.py")) == ["__init__.py", "settings.py"]


def test_the_settings_of_the_crawler_alone_are_no_project_for_a_new_spider(tmp_path: Path) -> None:
    env = {**environment(), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "genspider", "-t", "source", "news", "news.example"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "`scrapy startproject NAME .`" in done.stdout + done.stderr
    assert not (Path(crawler.spiders.__file__).parent / "news.py").exists()


def test_without_a_project_the_spider_is_there_and_the_way_to_a_project_is_told(
    tmp_path: Path,
) -> None:
    told = in_project(tmp_path, "scrapy", "genspider", "-t", "source", "news", "news.example")
    assert "and its test test_news.py" in told
    assert "`scrapy startproject NAME .`" in told
    assert "1 passed" in in_project(tmp_path, "pytest", "-q", "-p", "no:cacheprovider")


def test_a_template_of_ours_is_dumped(project: Path) -> None:
    assert "ListingSpider" in in_project(project, "scrapy", "genspider", "-d", "source")
