from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import XPath
from lxml.html import fromstring
from trafilatura import extract, main_extractor

from crawler.extraction.body.tree_walks import EXPRESSIONS, Walk, walk_of, walks_for_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

REGEXPS = {"re": "http://exslt.org/regular-expressions"}


def expressions() -> Iterator[XPath]:
    """All of trafilatura's expressions that extraction asks."""
    for module, names in EXPRESSIONS.items():
        for name in names:
            value = getattr(import_module(module), name, [])
            yield from value if isinstance(value, list) else [value]


ALL = list(expressions())

TAGS = [
    *("div", "section", "article", "main", "p", "span", "ul", "ol", "li", "aside", "footer"),
    *("header", "h1", "details", "list", "item", "figure", "svg", "script"),
]
VALUES = [
    *("post", "entry", "content", "main", "main-content", "Main-Content", "story", "text", "menu"),
    *("article-body", "entry-content", "post-body", "fulltext", "FullText", "article x", "share-x"),
    *("comment-list", "Comments", "commentary", "comments-title", "reply-1", "-reply-", "hidden"),
    *("infinite-scroll", "mvp-post-add-box", "elementor-share-buttons", "sidebar", "cookie"),
    *("cookie-consent", "teaser-box", "Teaser", "bottom", "page-bottom", "link", "permalink"),
    *("caption", "wp-caption", "footer", "navigation", "Navigation", "author", "related", "a bar"),
    *("display:none", "display: none", "border:0", "true", "MostPopularStories", "articleBody", ""),
]
NAMES = ["id", "class", "style", "role", "itemprop", "aria-hidden", "data-component", "data-x"]


def pages() -> st.SearchStrategy[str]:
    attributes = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3)

    def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(
            lambda tag, given, inner: "".join(
                [
                    f"<{tag}",
                    *(f' {name}="{value}"' for name, value in given.items()),
                    f">a{''.join(inner)}</{tag}>b",
                ]
            ),
            st.sampled_from(TAGS),
            attributes,
            st.lists(children, max_size=4),
        )

    return st.recursive(element(st.just("x")), element, max_leaves=25).map(
        lambda inner: f"<html><body>{inner}</body></html>"
    )


@given(pages())
def test_a_walk_finds_what_the_expression_finds(page: str) -> None:
    tree = fromstring(page)
    for path in ALL:
        assert walk_of(path)(tree) == path(tree), path.path


def test_trafilatura_has_the_expressions_under_the_names_that_are_set() -> None:
    gone = [
        f"{module}.{name}"
        for module, names in EXPRESSIONS.items()
        for name in names
        if not hasattr(import_module(module), name)
    ]
    assert gone == [], "this trafilatura asks elsewhere: extraction is right, but slower"


def test_every_expression_of_trafilatura_is_walked() -> None:
    left = [path.path for path in ALL if not isinstance(walk_of(path), Walk)]
    assert left == [], "this trafilatura asks these in another way: extraction is right, but slower"


@pytest.mark.parametrize(
    "path",
    [
        "//div",
        ".//div/p",
        ".//div[@class='a' and @id='b']",
        ".//div[2]",
        ".//div[contains(text(), 'a')]",
        ".//div[not(@class='a')]",
        ".//div[starts-with(@id, '')]",
        ".//div[re:test(@class, '^$')]",
        ".//*[self::p or @id='a']",
        "(.//div)[1]/p",
    ],
)
def test_what_else_xpath_can_say_is_left_to_it(path: str) -> None:
    expression = XPath(path, namespaces=REGEXPS)
    assert walk_of(expression) is expression


def test_a_long_value_is_looked_at_each_time() -> None:
    path = XPath(".//*[contains(@class, 'story')]")
    tree = fromstring(f"<div><p class='{'x ' * 200}story'></p><p class='{'x ' * 200}'></p></div>")
    assert len(path(tree)) == 1
    assert walk_of(path)(tree) == path(tree)


def test_threads_find_the_same_and_leave_nothing_behind() -> None:
    before = main_extractor.BODY_XPATH
    page = (
        f"<article><h1>Bridge</h1>{'<p>The bridge was opened on Monday at noon.</p>' * 5}</article>"
    )

    def extracted(_: int) -> str | None:
        with walks_for_paths():
            return extract(page)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(extracted, range(40))) == {extract(page)}
    assert main_extractor.BODY_XPATH is before


def test_trafilatura_keeps_its_expressions_for_others() -> None:
    before = main_extractor.BODY_XPATH
    with contextlib.suppress(ValueError), walks_for_paths():
        assert main_extractor.BODY_XPATH is not before
        raise ValueError
    assert main_extractor.BODY_XPATH is before
