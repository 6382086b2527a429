"""Pages made to make the look at them slow: each is looked at in a moment."""

from __future__ import annotations

import time

import pytest

from crawler.extraction.article import Article
from crawler.extraction.classify.classify import classify
from crawler.extraction.classify.page import Page
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.parse import parse_page

SECONDS = 3.0  # of CPU time; most take a tenth of a second
URL = "https://shore.example/a"
LOCKED = Article(free_to_read=False)
PAGES = {
    "nested buttons": "<div role=button>" * 2_000 + "<span></span>" * 25_000,
    "nested walls": "<div class='paywall x'>" * 2_000 + "<b></b>" * 25_000 + "Subscribe to read",
    "many walls": "<div class=paywall>Already a subscriber?</div>" * 10_000,
    "open selectors": '<script type="application/ld+json">'
    + '{"cssSelector": [' * 60_000
    + "</script>",
    "giant text": "<div>" + "we and our partners use cookies " * 100_000 + "</div>",
    "giant title": "<title>" + "| not found - " * 50_000 + "</title><h1>404</h1>",
    "many headings": "<h1>Not found</h1>" * 20_000,
    "many classes": "<body class='" + "error " * 10_000 + "'>",
    "one long tag": "<h1>Just a moment</h1><img alt='" + "captch " * 9_000 + "'>" * 20,
    "many links": "<a href=/>A headline of some length or other</a>" * 20_000,
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_a_page_is_looked_at_in_a_moment(html: str) -> None:
    tree = parse_page(f"<html>{html}</html>")
    assert tree is not None
    markup = read_markup(tree, URL)
    for known in (LOCKED, Article()):
        started = time.process_time()
        classify(Page(tree, html, markup, known, URL, "https://shore.example/b"))
        assert time.process_time() - started < SECONDS
