"""What is read of sitemaps of all forms."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from crawler.discovery.found import FoundArticle, FoundImage
from crawler.discovery.options import SearchOptions
from crawler.discovery.sitemaps import SitemapJob, read_sitemap
from crawler.downloader.content_coding import BodyError

URL = "https://www.news.example/sitemap.xml"
NS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><!-- made by hand --><urlset {NS}>
<url><loc>https://www.news.example/old</loc><lastmod>2024-01-02</lastmod></url>
<url><loc> https://www.news.example/new?a=1&amp;b=2 </loc>
<news:news><news:publication><news:name>The Courier</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2024-05-14T08:30+02:00</news:publication_date>
<news:title>The bridge &amp; the weir</news:title><news:keywords>Town, Bridges</news:keywords>
</news:news><image:image><image:loc>https://img.example/1.jpg</image:loc>
<image:title>not the article's</image:title></image:image></url>
<url><loc>https://elsewhere.example/x</loc></url>
<url><lastmod>2024-05-14</lastmod></url>
<url><loc>https://m.news.example/undated</loc><lastmod>soon</lastmod></url>
</urlset>"""


def read(text: str | bytes, url: str = URL, **wanted: Any) -> Any:
    body = text.encode() if isinstance(text, str) else text
    return read_sitemap(SitemapJob(body, url, SearchOptions.parse(**wanted)))


def urls(text: str | bytes, **wanted: Any) -> list[str]:
    return [article.url for article in read(text, **wanted).articles]


def test_articles_come_newest_first_with_what_a_news_sitemap_says() -> None:
    sitemap = read(NEWS)
    new, old, undated = sitemap.articles
    assert new == FoundArticle(
        url="https://www.news.example/new?a=1&b=2",
        title="The bridge & the weir",
        published="2024-05-14T06:30:00Z",
        provider="The Courier",
        topics=("Town", "Bridges"),
        language="en",
        images=(FoundImage("https://img.example/1.jpg"),),
        found_in=URL,
    )
    assert (old.url, old.modified) == ("https://www.news.example/old", "2024-01-02")
    assert undated.url == "https://m.news.example/undated"
    assert sitemap.without_url == 2
    assert sitemap.defect is None


@pytest.mark.parametrize(
    ("wanted", "found", "passed"),
    [
        ({"since": "2024-03-01"}, ["new?a=1&b=2", "undated"], 1),
        ({"match": "*/old"}, ["old"], 2),
        ({"match": "*/o* */n*", "since": "2024-01-02"}, ["new?a=1&b=2", "old"], 1),
    ],
)
def test_only_what_is_looked_for_is_given(
    wanted: dict[str, str], found: list[str], passed: int
) -> None:
    sitemap = read(NEWS, **wanted)
    assert [article.url.rpartition("/")[2] for article in sitemap.articles] == found
    assert sitemap.passed == passed


def test_an_index_gives_the_sitemaps_of_its_site_that_may_be_new() -> None:
    entries = (
        "<sitemap><loc>https://www.news.example/1.xml</loc><lastmod>2024-01-01</lastmod></sitemap>"
        "<sitemap><loc>https://cdn.news.example/2.xml.gz</loc></sitemap>"
        "<sitemap><loc>/3.xml</loc><lastmod>2024-05-14T00:00:00Z</lastmod></sitemap>"
        "<sitemap><loc>https://elsewhere.example/4.xml</loc></sitemap>"
    )
    index = f"<sitemapindex {NS}>{entries}</sitemapindex>"
    first, second, third = (
        "https://www.news.example/3.xml",
        "https://www.news.example/1.xml",
        "https://cdn.news.example/2.xml.gz",
    )
    assert read(index).children == (first, second, third)
    assert read(index, since="2024-02-01").children == (first, third)
    assert read(index).articles == ()


@pytest.mark.parametrize(
    "form",
    [
        gzip.compress(NEWS.encode()),
        NEWS.replace(NS, ""),
        NEWS.replace("</urlset>", ""),
        "\ufeff" + NEWS.partition("?>")[2],
        NEWS.replace("<url><lastmod>", "<url>\x01<lastmod>"),
    ],
)
def test_other_forms_and_broken_ones_give_the_same_articles(form: str | bytes) -> None:
    assert "https://www.news.example/new?a=1&b=2" in urls(form)


@pytest.mark.parametrize(
    ("locs", "found"),
    [
        (["/s?a=1&b=2", "/t?a=1&amp;b=2"], ["/s?a=1&b=2", "/t?a=1&b=2"]),
        (["/s?a=1&copy=2&amp;lang=en&reg;=3"], ["/s?a=1&copy=2&lang=en%C2%AE=3"]),
        (["/s?x&nosuch;y", "/caf&eacute;"], ["/s?x&nosuch;y", "/caf%C3%A9"]),
        (["/s?a=1&amp;amp;b=2"], ["/s?a=1&b=2"]),
        (["/a\x01", "<![CDATA[/b?c&d]]>", "/<!-- c -->d"], ["/a", "/b?c&d", "/d"]),
        (["/a&#xD800;b", "/a&#0;b", "/ok"], ["/ok"]),
    ],
)
def test_a_url_is_the_one_that_is_meant_or_none(locs: list[str], found: list[str]) -> None:
    entries = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
    sitemap = read(f"<urlset {NS}>{entries}</urlset>")
    paths = [article.url.removeprefix("https://www.news.example") for article in sitemap.articles]
    assert paths == found


def test_what_is_wrong_with_a_sitemap_is_told() -> None:
    assert read(f"<urlset {NS}><url><loc>/a&b</loc></url></urlset>").defect == "a bare &"
    assert "mismatch" in read(f"<urlset {NS}><url><loc>/a</url></urlset>").defect


@pytest.mark.parametrize(
    ("lastmod", "modified"),
    [
        ("2024-05-14", "2024-05-14"),
        ("2024-05-14T08:30+02:00", "2024-05-14T06:30:00Z"),
        ("2024-05-14T08:30:00.123456789Z", "2024-05-14T08:30:00Z"),
        (" 2024-05-14 08:30:00 ", "2024-05-14T08:30:00"),
        ("Tue, 14 May 2024 08:30:00 GMT", "2024-05-14T08:30:00Z"),
        ("1715675400", "2024-05-14T08:30:00Z"),
        ("2024-05", None),
        ("2024", None),
        ("0000-00-00", None),
        ("0001-01-01T00:00:00Z", None),
        ("2024-02-30", None),
        ("1970-01-01", None),
    ],
)
def test_a_day_of_change_is_read_where_it_is_one(lastmod: str, modified: str | None) -> None:
    entry = f"<url><loc>/a</loc><lastmod>{lastmod}</lastmod></url>"
    (article,) = read(f"<urlset>{entry}</urlset>").articles
    assert article.modified == modified


def test_a_sitemap_elsewhere_speaks_for_the_site_that_names_it() -> None:
    locs = ("https://paper.example/1", "https://stranger.example/2", "https://www.news.example/3")
    entries = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
    children = "".join(f"<sitemap><loc>{loc}.xml</loc></sitemap>" for loc in locs)
    wanted = SearchOptions.parse()
    found = read_sitemap(
        SitemapJob(f"<urlset>{entries}</urlset>".encode(), URL, wanted, "paper.example")
    )
    assert [article.url for article in found.articles] == [locs[0], locs[2]]
    assert found.without_url == 1
    body = f"<sitemapindex>{children}</sitemapindex>".encode()
    index = read_sitemap(SitemapJob(body, URL, wanted, "paper.example"))
    assert index.children == (f"{locs[0]}.xml", f"{locs[2]}.xml")
    assert index.without_url == 1


def test_lines_of_urls_are_a_sitemap() -> None:
    lines = "https://www.news.example/a\r\n\r\nhttps://www.news.example/b\r\nnonsense\r\n"
    assert urls(lines) == ["https://www.news.example/a", "https://www.news.example/b"]


def test_a_feed_is_a_sitemap() -> None:
    rss = "<rss version='2.0'><channel><item><title>A</title><link>/a</link></item></channel></rss>"
    (article,) = read(rss).articles
    assert (article.url, article.title) == ("https://www.news.example/a", "A")


@pytest.mark.parametrize("body", [b"", b"<html><body>x", b"hello", b"{}", b"\0\1\2"])
def test_what_is_no_sitemap_is_none(body: bytes) -> None:
    assert not read(body).is_sitemap


def test_a_gzip_bomb_and_a_broken_gzip_are_refused() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (51 * 1024 * 1024))
    with pytest.raises(BodyError):
        read(bomb)
    with pytest.raises(BodyError):
        read(gzip.compress(NEWS.encode())[:-20])


def test_entities_neither_grow_nor_reach_for_files() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(12))
    file = '<!ENTITY f SYSTEM "file:///etc/passwd">'
    body = NEWS.partition("?>")[2].replace("The bridge", "&e11;&f;")
    found = str(read(f"<!DOCTYPE urlset [{levels}{file}]>{body}"))
    assert len(found) < 10_000
    assert "root:" not in found


def test_a_sitemap_without_end_is_read_up_to_a_bound() -> None:
    many = "".join(f"<url><loc>https://www.news.example/{n}</loc></url>" for n in range(50_010))
    assert len(urls(f"<urlset>{many}</urlset>")) == 50_000
