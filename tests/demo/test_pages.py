from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from crawler.demo.web import load_pages

PAGES = load_pages()
ARTICLES = sorted(name for name, page in PAGES.items() if b'"NewsArticle"' in page.body)


def json_ld(name: str):
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', PAGES[name].body.decode(), re.DOTALL
    )
    data = json.loads(text)
    return data["@graph"][0] if "@graph" in data else data


def test_every_host_is_under_the_reserved_top_level_domain():
    assert {name.split("/")[0].rpartition(".")[2] for name in PAGES} == {"example"}


def test_an_index_page_answers_at_its_folder():
    assert "live.tidewatch.example/soundings/" in PAGES
    assert not [name for name in PAGES if name.endswith("index.html")]


def test_every_page_is_well_described():
    for name, page in PAGES.items():
        assert page.status in {200, 301, 404, 410}, name
        assert 0.0 <= page.delay <= 2.0, name
        assert all(isinstance(value, str) for value in page.headers.values()), name


def test_pages_of_the_same_bytes_have_the_same_entity_tag():
    one, two = (PAGES[name] for name in ARTICLES[:2])
    assert one.etag == load_pages()[ARTICLES[0]].etag != two.etag


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_has_dates_with_zones_and_a_canonical_url_that_answers(name):
    data = json_ld(name)
    for date in (data["datePublished"], data["dateModified"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", date)
    assert data["author"]
    assert isinstance(data["isAccessibleForFree"], bool)
    canonical = urlsplit(data["mainEntityOfPage"])
    assert canonical.netloc + canonical.path in PAGES


@pytest.mark.parametrize("name", ARTICLES)
def test_the_image_of_an_article_is_there_in_the_size_it_says(name):
    (image,) = json_ld(name)["image"]
    content = PAGES[image["url"].removeprefix("http://")].body
    size = [int.from_bytes(content[start : start + 4], "big") for start in (16, 20)]
    assert size == [image["width"], image["height"]]


def test_articles_come_in_three_languages():
    assert {json_ld(name)["inLanguage"][:2] for name in ARTICLES} == {"de", "en", "fr"}
