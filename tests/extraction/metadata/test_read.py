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
                    "author": [{"name": "Ann Lee" + "x" * n} for n in range(3_000)],
                }
            )
        ),
        _json_ld(json.dumps([{"@type": "Article", "@id": "#a", "author": {"@id": "#a"}}] * 10_000)),
        _json_ld('{"@type":"WebPage","mainEntity":' * 20_000),
        "<meta name=author content=', and , and'>" * 50_000,
        "<h1>" * 20_000 + "x",
        "<p class=author itemprop=author itemscope>" * 20_000,
        "<time datetime='x'><a rel=author class=byline>" * 10_000,
        "<title>" + " | a" * 100_000,
        "<meta property=og:image content=/a.jpg>" * 30_000,
    ],
    ids=[
        "authors",
        "references",
        "nesting",
        "metas",
        "headings",
        "items",
        "times",
        "title",
        "images",
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    metadata = read_metadata(tree, URL, now=NOW)
    assert time.process_time() - start < 2
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
