from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article

TEXT = "<p>It was a long winter, and nobody came to the bridge that the town had built.</p>"
SITE = '<meta property="og:type" content="website">'


def state(asked: str, url: str, head: str = "") -> str | None:
    page = f"<html><head><title>Shore Times</title>{head}</head><body>{TEXT}</body></html>"
    kind = extract_article(page, url, asked=asked).kind
    return None if kind is None else str(kind.state)


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        ("http://shore.example/2014/06/regatta", "https://www.shore.example/"),
        ("https://shore.example/regatta-results.html", "https://shore.example/index.html"),
        ("https://www.shore.example/news/1", "https://m.shore.example/?utm_source=redirect"),
        ("https://shore.example/news/old-story", "https://shore.example/en/"),
        ("https://shore.example/news/old-story", "https://shore.example/de-at/home"),
    ],
)
def test_a_page_that_leads_to_the_front_page_has_moved_home(asked: str, url: str) -> None:
    assert state(asked, url) == "moved-home"


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        ("https://shore.example/", "https://www.shore.example/"),
        ("http://shore.example", "https://shore.example/en/"),
        ("https://shore.example/about", "https://shore.example/"),
        ("https://shore.example/2014/regatta", "https://shore.example/2014/06/regatta/"),
        ("https://shore.example/2014/regatta", "https://shore.example/?p=123"),
        ("https://shore.example/2014/regatta", "https://shore.example/#/2014/regatta"),
        ("https://shore.example/projects/regatta", "https://regatta.example/"),
    ],
)
def test_other_redirects_lead_on(asked: str, url: str) -> None:
    assert state(asked, url) is None


def test_another_site_s_front_page_must_look_like_one() -> None:
    headlines = "".join(f"<h3><a href='/{n}'>Headline number {n}</a></h3>" for n in range(8))
    asked, url = "https://shore.example/2014/regatta", "https://newowner.example/"
    assert state(asked, url, SITE) is None
    page = f"<html><head>{SITE}</head><body>{TEXT}{headlines}</body></html>"
    kind = extract_article(page, url, asked=asked).kind
    assert kind is not None
    assert kind.evidence == f"redirected to another front page: {url}"


def test_a_story_that_is_a_site_of_its_own_is_a_story() -> None:
    story = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Shore Times",'
        '"datePublished": "2024-05-01"}</script>'
    )
    assert state("https://shore.example/projects/river", "https://shore.example/", story) is None
