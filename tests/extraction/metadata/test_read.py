from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.metadata.read import Metadata, read_metadata

DATA = Path(__file__).parent / "data"
URL = "https://news.example/politics/bridge?utm_source=x"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
NAMES = (
    "@type",
    "@id",
    "@graph",
    "headline",
    "author",
    "image",
    "keywords",
    "datePublished",
    "url",
)


def _read(page: str) -> Metadata:
    return read_metadata(lxml.html.document_fromstring(page), URL, now=NOW)


def _json_ld(script: str) -> str:
    return f'<html><script type="application/ld+json">{script}</script><body></body></html>'


@pytest.mark.parametrize("page", sorted(DATA.glob("*.html")), ids=lambda page: page.stem)
def test_a_page_gives_the_metadata_beside_it(page: Path) -> None:
    metadata = _read(page.read_text(encoding="utf-8"))
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    found = {name: getattr(metadata, name) for name in Metadata.__slots__}
    found["origins"] = dict(metadata.origins)
    found["images"] = [list(asdict(image).values()) for image in metadata.images]
    said = {name: value for name, value in found.items() if value not in (None, (), [], {})}
    assert json.loads(json.dumps(said)) == expected


def test_the_tree_is_not_changed() -> None:
    tree = lxml.html.document_fromstring((DATA / "full_article.html").read_text(encoding="utf-8"))
    before = lxml.html.tostring(tree)
    read_metadata(tree, URL, now=NOW)
    assert lxml.html.tostring(tree) == before


def test_a_person_in_a_meta_tag_beats_the_site_in_json_ld() -> None:
    article = '{"@type": "Article", "headline": "A", "author": {"name": "The Daily"}}'
    site = '<meta property="og:site_name" content="The Daily">'
    assert _read(site + _json_ld(article)).authors == ("The Daily",)
    person = '<meta name="author" content="Ann Lee">'
    assert _read(site + person + _json_ld(article)).authors == ("Ann Lee",)


def test_a_person_whom_readers_see_beats_a_user_name_in_json_ld() -> None:
    article = json.dumps({"@type": "Article", "author": {"@type": "Person", "name": "mia7x"}})
    byline = "<h1>T</h1><p class=author>Ann Lee</p>"
    assert _read(_json_ld(article)).authors == ("mia7x",)
    assert _read(byline + _json_ld(article)).authors == ("Ann Lee",)
    assert _read("<h1>T</h1><p>By mia7x</p>" + _json_ld(article)).authors == ("mia7x",)


def test_the_headline_is_the_heading_that_the_head_names() -> None:
    page = (
        "<title>Bridge stays open | The Daily</title><h1>News that you can trust</h1>"
        "<p>1 March 2020</p><div><h1>Bridge stays open</h1><p>3 April 2021</p></div>"
    )
    assert _read(page).published == "2021-04-03"


def test_a_section_or_a_place_is_no_author() -> None:
    article = {
        "@type": "Article",
        "headline": "A",
        "author": ["Local", "Springfield"],
        "articleSection": "Local",
        "contentLocation": {"@type": "Place", "name": "Springfield"},
    }
    person = '<meta name="author" content="Ann Lee">'
    assert _read(person + _json_ld(json.dumps(article))).authors == ("Ann Lee",)


def test_the_open_graph_vocabulary_may_be_written_out() -> None:
    page = '<meta property="http://ogp.me/ns/article#section" content="Local">'
    assert _read(page).section == "Local"


def test_strings_are_bounded() -> None:
    long = "word " * 10_000
    article = {"@type": "Article", "headline": long, "description": long, "articleSection": long}
    metadata = _read(_json_ld(json.dumps(article)))
    sizes = [len(text or "") for text in (metadata.title, metadata.description, metadata.section)]
    assert 400 < sizes[0] <= 500
    assert 1_900 < sizes[1] <= 2_000
    assert 100 < sizes[2] <= 200


@pytest.mark.parametrize(
    "page",
    [
        _json_ld(
            json.dumps(
                {
                    "@type": "Article",
                    "author": [
                        {"name": f"Ann Lee-{'abcdefghij'[n % 10]}x{'y' * n}"} for n in range(2_000)
                    ],
                }
            )
        ),
        _json_ld(json.dumps([{"@type": "Article", "@id": "#a", "author": {"@id": "#a"}}] * 10_000)),
        _json_ld('{"@type":"WebPage","mainEntity":' * 20_000),
        "<meta name=author content=', and , and'>" * 50_000,
        f"<meta name=author content='{'(' * 200_000}'>",
        f"<meta name=author content='{'[](' * 70_000}'>",
        f"<meta name=news_keywords content='{'a:b, ' * 50_000}'>",
        f"<meta name=articleauthor content='{'von ' * 50_000}'>",
        "<h1>" * 20_000 + "x",
        "<p class=author itemprop=author itemscope>" * 20_000,
        "<time datetime='x'><a rel=author class=byline>" * 10_000,
        "<title>" + " | a" * 100_000,
        "<meta property=og:image content=/a.jpg>" * 30_000,
        "<h1>T</h1>"
        + "<p class='byline tags'>By <a href=/tag/x><img src=/a.jpg>5 May 2020" * 7_000,
    ],
    ids=[
        "authors",
        "references",
        "nesting",
        "metas",
        "parentheses",
        "brackets",
        "labels",
        "bylines",
        "headings",
        "items",
        "times",
        "title",
        "images",
        "everything",
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    metadata = read_metadata(tree, URL, now=NOW)
    assert time.process_time() - start < 1
    assert len(metadata.authors) <= 50


@settings(deadline=None)  # a busy machine is no defect
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
        ),
        max_leaves=15,
    )
)
def test_wrong_types_everywhere_never_raise(value: object) -> None:
    text = json.dumps({"@type": "NewsArticle", "headline": "A", "x": value, "mainEntity": value})
    metadata = _read(_json_ld(text.replace("<", "\\u003c")))
    assert all(metadata.authors)


def test_authors_of_a_content_system_that_nobody_listed_are_found() -> None:
    assert _read('<meta name="articleAuthor" content="Ann Lee">').authors == ("Ann Lee",)
    assert _read('<meta name="smartbanner:author" content="Ann Lee">').authors == ()


def test_what_readers_see_is_asked_where_the_head_says_nothing() -> None:
    page = (
        '<html lang="de"><h1>Brücke</h1><p>Von Ann Lee</p><p>3. April 2025, 15:25 Uhr</p>'
        "<ul class=tags><li><a href=/t/1>Fluss</a></ul>"
    )
    found = _read(page)
    assert (found.authors, found.published) == (("Ann Lee",), "2025-04-03T15:25:00")
    assert found.keywords == ("Fluss",)
    assert found.origins["authors"] == found.origins["published"] == "byline"
    assert found.origins["keywords"] == "html"


def test_the_day_in_the_address_is_the_last_resort() -> None:
    tree = lxml.html.document_fromstring("<base href=/><title>A</title>")
    found = read_metadata(tree, "https://news.example/2025/04/03/bridge", now=NOW)
    assert (found.published, found.origins["published"]) == ("2025-04-03", "url")
    future = read_metadata(tree, "https://news.example/2031/04/03/bridge", now=NOW)
    assert future.published is None


def test_a_language_is_declared_for_the_address_of_the_page_itself() -> None:
    page = (
        '<link rel=alternate hreflang=de-AT href="https://news.example/de/bridge">'
        f'<link rel=alternate hreflang=en-GB href="{URL}">'
    )
    assert _read(page).languages == (("en-GB", "link"),)


@pytest.mark.parametrize("base", ["http://[x", "//", "javascript:x", "http://a b/", "\\"])
def test_a_broken_base_harms_nothing(base: str) -> None:
    found = _read(f'<base href="{base}"><title>A</title><meta property=og:image content=/a.jpg>')
    assert found.title == "A"


@pytest.mark.parametrize(
    ("url", "published"),
    [
        ("https://news.example/bridge", "2022-11-02"),
        ("https://news.example/2025/06/12/bridge", "2025-06-12T10:00:00Z"),
        ("https://news.example/2025/06/bridge", "2025-06-12T10:00:00Z"),
        ("https://news.example/2022/11/bridge", "2022-11-02"),
    ],
)
def test_the_address_says_which_of_two_dates_is_that_of_the_publication(
    url: str, published: str
) -> None:
    page = (
        "<meta property='article:published_time' content='2025-06-12T10:00:00Z'>"
        "<h1>Bridge</h1><p>By Ann Lee</p><p>2 November 2022</p><p>Text</p>"
    )
    found = read_metadata(lxml.html.document_fromstring(page), url, now=NOW)
    assert found.published == published
