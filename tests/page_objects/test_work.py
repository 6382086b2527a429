from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from web_poet import default_registry

from crawler.extraction.job import ExtractionJob
from crawler.page_objects import (
    PageObjectError,
    extract_by_page_objects,
    load_page_objects,
    page_object_for,
)
from tests.web.articles import article_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAD = """\
from web_poet import field, handle_urls
from crawler.page_objects import ArticlePage
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Write a module that can be imported; its page objects are forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    before = default_registry.get_rules()
    names: list[str] = []

    def write(text: str) -> str:
        names.append(f"pages_{tmp_path.name}_{len(names)}")
        (tmp_path / f"{names[-1]}.py").write_text(HEAD + text)
        return names[-1]

    yield write
    kept = type(default_registry)(rules=before)
    vars(default_registry).update(vars(kept))
    for name in names:
        sys.modules.pop(name, None)


def test_fields_of_a_page_object_stand_in_the_place_of_the_default(
    module: Callable[[str], str],
) -> None:
    name = module("""
@handle_urls("news.example/town/")
class Page(ArticlePage):
    @field
    async def title(self):
        return self.css("nav a::text").get()
    @field
    def section(self):
        return None
    @field
    def keywords(self):
        return [word.upper() for word in self.default.keywords]
""")
    load_page_objects([name])
    html = article_html().encode()
    article = extract_by_page_objects(ExtractionJob(html, "https://news.example/town/a"))
    assert (article.title, article.section) == ("Home", None)
    assert article.keywords == ("BRIDGES", "COUNCIL")
    assert article.authors == ("Ada Okafor",)
    origins = article.origins
    assert (origins["title"], origins["authors"]) == ("page-object", "json-ld")
    assert "section" not in origins
    other = extract_by_page_objects(ExtractionJob(html, "https://news.example/sport/a"))
    assert other.title == "The old footbridge stays open"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nonsense_of_nobody", "ModuleNotFoundError"),
        ("x = ", "SyntaxError"),
        (
            """
@handle_urls('news.example')
class Page(ArticlePage):
    @field
    def headline(self):
        return 1
""",
            "Page: headline: not among markdown, title",
        ),
        (
            """
import attrs
from web_poet import HttpClient
@handle_urls('news.example')
@attrs.define
class Page(ArticlePage):
    client: HttpClient
""",
            "Page: needs client; a worker has only the response",
        ),
    ],
)
def test_page_objects_that_cannot_work_are_told(
    module: Callable[[str], str], text: str, told: str
) -> None:
    with pytest.raises(PageObjectError, match=told):
        load_page_objects([module(text)])


def test_a_page_object_of_another_item_is_nobody_here(module: Callable[[str], str]) -> None:
    name = module("""
from web_poet import WebPage
@handle_urls("news.example")
class Page(WebPage[dict]):
    @field
    def price(self):
        return 1
""")
    load_page_objects([name])
    assert page_object_for("https://news.example/a") is None
