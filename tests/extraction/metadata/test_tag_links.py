from __future__ import annotations

import time

import lxml.html
import pytest

from crawler.extraction.metadata.keywords import tag_links


def _tags(markup: str) -> list[str]:
    return tag_links(lxml.html.document_fromstring(f"<body><h1>Bridge</h1>{markup}</body>"))


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Tags: <a rel=tag href=/a>River</a>, <a rel=tag href=/b>Town Hall</a></p>",
        "<ul class=post-tags><li><a href=/a>River</a><li><a href=/b>Town Hall</a></ul>",
        "<div class=articleTags><span><a href=/a>River</a></span><a href=/b>Town Hall</a></div>",
        "<div><a href=/news/topics/c1>River</a><a href=/news/topics/c2>Town Hall</a></div>",
        "<p><a href=/a data-x=TagsBox>River</a> <a href=/b data-x=TagsBox>Town Hall</a></p>",
        "<article><footer><a href=/tag/a>River</a><a href=/tag/b>Town Hall</a></footer></article>",
    ],
)
def test_a_box_of_tags_is_known_by_its_links_or_its_name(markup: str) -> None:
    assert _tags(markup + "<div class=tags><a href=/tag/c>Other</a></div>") == [
        "River",
        "Town Hall",
    ]


def test_a_single_tag_is_a_box_too() -> None:
    assert _tags(
        "<div><p>A long text.</p><div class=tags><span><a href=/a>River</a></span></div></div>"
    ) == ["River"]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>The <a href=/topic/river>river</a> {'rose by two metres at night. ' * 3}</p>",
        "<nav><a href=/topic/river>River</a></nav>",
        "<header><a href=/topic/river>River</a></header>",
        "<p><a rel='category tag' href=/c/local>Local</a></p>",
        "<ul class=tags><li><a href=/1>How the old bridge of the town was saved at last</a></ul>",
        "<p class=stage><a href=/a>River</a></p>",
        "<ul class=topics>" + "<li><a href=/topic/x>X</a>" * 50 + "</ul>",
    ],
)
def test_menus_teasers_and_links_in_the_text_are_no_tags(markup: str) -> None:
    assert _tags(markup) == []


def test_what_stands_above_the_headline_is_of_the_site() -> None:
    page = "<div class=tags><a href=/tag/hot>Hot</a></div><h1>Bridge</h1>"
    assert tag_links(lxml.html.document_fromstring(page)) == []


@pytest.mark.parametrize(
    "page",
    ["<h1>T</h1>" + "<a class=tag href=/tag/x>" * 20_000, "<p class=tags>" * 2_000 + "<a href=x>y"],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    tag_links(tree)
    assert time.process_time() - start < 1
