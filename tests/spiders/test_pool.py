from __future__ import annotations

import sys

import pytest
from scrapy.settings import Settings

from crawler.cli.process import project_settings
from crawler.crawl.javascript import check_javascript_settings
from crawler.crawl.pool import check_page_objects, page_object_modules
from crawler.options import OptionError


def without(monkeypatch: pytest.MonkeyPatch, library: str, *ours: str) -> None:
    """Have a library look as if it were not installed, and our modules not yet imported."""
    monkeypatch.setitem(sys.modules, library, None)
    for module in ours:
        monkeypatch.delitem(sys.modules, module, raising=False)


def test_page_objects_without_web_poet_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "web_poet", "crawler.page_objects")
    with pytest.raises(OptionError, match="the extra 'poet': pip install 'web-poet>"):
        check_page_objects(project_settings({"CRAWLER_PAGE_OBJECTS": "my_pages"}))
    check_page_objects(project_settings({}))


def test_scripts_without_playwright_are_refused_only_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(monkeypatch, "playwright", "playwright.async_api", "crawler.downloader.browser")
    with pytest.raises(OptionError, match="the extra 'browser': pip install 'playwright>"):
        check_javascript_settings(project_settings({"CRAWLER_JAVASCRIPT": "empty"}))
    check_javascript_settings(project_settings({}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRAWLER_JAVASCRIPT", "yes"),
        ("CRAWLER_BROWSER_SECONDS", "0"),
        ("CRAWLER_BROWSER_SECONDS", "soon"),
        ("CRAWLER_BROWSER_SECONDS", "nan"),
        ("CRAWLER_BROWSER_SECONDS", "601"),
    ],
)
def test_a_browser_setting_that_makes_no_sense_is_told(name: str, value: str) -> None:
    with pytest.raises(OptionError, match=f"^{name}: "):
        check_javascript_settings(project_settings({name: value}))


def test_modules_are_named_in_a_list_or_by_commas() -> None:
    for value in ("a.b, c", ["a.b", "c"]):
        assert page_object_modules(Settings({"CRAWLER_PAGE_OBJECTS": value})) == ("a.b", "c")
