"""What is read of feeds of all formats, whole, broken and hostile."""

from __future__ import annotations

import gzip
import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery.found import FeedJob, FoundArticle, FoundImage
from crawler.discovery.xml_feed import read_feed

DATA = Path(__file__).parent.parent / "data"
BROKEN = tomllib.loads((DATA / "broken_feeds.toml").read_text("utf-8"))["feed"]
DATES = tomllib.loads((DATA / "feed_dates.toml").read_text("utf-8"))
URL = "https://news.example/feed"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Courier &amp; Post</title><link>https://news.example/</link><language>en_GB</language>
<atom:link rel="self" href="https://news.example/feed.xml"/>
<atom:link rel="hub" href="https://hub.example/"/>
<item><title>Bridge &lt;b&gt;stays&lt;/b&gt;</title><link>/bridge?a=1&amp;b=2</link>
<guid isPermaLink="false">g-1</guid><pubDate>Tue, 14 May 2024 08:30:00 +0200</pubDate>
<dc:creator>Ada Okafor</dc:creator><category>Town</category><category>Bridges</category>
<description>&lt;p&gt;Two &amp;amp; seven &lt;a href="/"&gt;beams&lt;/a&gt;.&lt;/p&gt;</description>
<media:content url="/b.jpg" medium="image" width="1200" height="630"/></item>
<item><title>No address</title></item>
<item><title>Mail</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Bote</title>
<link rel="hub" href="https://hub.example/a"/>
<entry><title type="html">Die &lt;i&gt;Brücke&lt;/i&gt;</title><id>urn:1</id>
<link rel="alternate" href="https://bote.example/b"/><published>2024-05-14T08:30:00+02:00</published>
<updated>2024-05-15T00:00:00Z</updated><author><name>Jörg</name></author>
<summary>Kurz.</summary></entry></feed>"""


def read(text: str | bytes, kind: str = "", url: str = URL) -> Any:
    body = text.encode() if isinstance(text, str) else text
    return read_feed(FeedJob(body, url, kind))


def test_rss_is_read_with_all_that_it_says() -> None:
    feed = read(RSS, "application/rss+xml; charset=utf-8")
    assert feed.is_feed
    assert feed.defect is None
    assert feed.hubs == ("https://hub.example/",)
    assert feed.topic == "https://news.example/feed.xml"
    assert feed.without_url == 2
    assert feed.entries == (
        FoundArticle(
            url="https://news.example/bridge?a=1&b=2",
            title="Bridge stays",
            excerpt="Two & seven beams.",
            published="2024-05-14T06:30:00Z",
            authors=("Ada Okafor",),
            provider="The Courier & Post",
            topics=("Town", "Bridges"),
            language="en-GB",
            images=(FoundImage("https://news.example/b.jpg", 1200, 630),),
            found_in=URL,
            found_title="The Courier & Post",
            entry_id="g-1",
        ),
    )


def test_atom_is_read_with_both_its_times() -> None:
    (entry,) = read(ATOM, "application/atom+xml").entries
    assert entry.title == "Die Brücke"
    assert (entry.published, entry.modified) == ("2024-05-14T06:30:00Z", "2024-05-15T00:00:00Z")
    assert entry.authors == ("Jörg",)
    assert entry.language == "de"
    assert entry.entry_id == "urn:1"


@pytest.mark.parametrize(
    "version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"]
)
def test_a_json_feed_is_read_in_both_versions(version: str) -> None:
    is_first = version.endswith("/1")
    author = {"author": {"name": "Ada"}} if is_first else {"authors": [{"name": "Ada"}]}
    feed = {
        "version": version,
        "title": "Notes",
        "feed_url": URL,
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [
            {
                "id": 7,
                "url": "https://news.example/n",
                "external_url": "https://other.example/story",
                "title": "Story",
                "content_html": "<p>Read <em>this</em></p>",
                "date_published": "2024-05-14T08:30:00+02:00",
                "image": "/i.png",
                "tags": ["one", 2, "one"],
                **author,
            },
            {"id": "8", "content_text": "no url"},
            "nonsense",
        ],
    }
    found = read(json.dumps(feed))
    assert found.hubs == ("https://hub.example/",)
    assert found.without_url == 2
    (entry,) = found.entries
    assert entry.url == "https://other.example/story"
    assert entry.excerpt == "Read this"
    assert entry.published == "2024-05-14T06:30:00Z"
    assert entry.authors == ("Ada",)
    assert entry.topics == ("one",)
    assert entry.images == (FoundImage("https://news.example/i.png"),)
    assert entry.entry_id == "7"


@pytest.mark.parametrize(
    "body",
    [
        '{"version": "https://jsonfeed.org/version/1"',
        "{}",
        "[" * 100_000,
        '{"version": 1, "items": {}}',
    ],
)
def test_json_that_is_no_feed_is_none(body: str) -> None:
    assert not read(body).is_feed


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("</channel></rss>", "<item><title>Half"),
        RSS.replace("Two &amp;amp;", "Two & &bogus; \x0b"),
        "\n\n  " + RSS,
        RSS.replace('encoding="utf-8"', 'encoding="no-such"'),
    ],
)
def test_a_broken_feed_gives_what_can_be_read(broken: str) -> None:
    feed = read(broken)
    assert feed.entries[0].url == "https://news.example/bridge?a=1&b=2"
    assert feed.entries[0].title == "Bridge stays"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("ada@news.example (Ada Okafor)", ("Ada Okafor",)),
        ("Ada Okafor", ("Ada Okafor",)),
    ],
)
def test_an_author_of_rss_is_a_name_and_no_address(author: str, names: tuple[str, ...]) -> None:
    feed = read(RSS.replace("<dc:creator>Ada Okafor</dc:creator>", f"<author>{author}</author>"))
    assert feed.entries[0].authors == names


def test_what_feedburner_put_in_the_place_of_a_link_is_undone() -> None:
    text = RSS.replace(
        "<rss ", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    )
    origin = "<feedburner:origLink>https://origin.example/x</feedburner:origLink>"
    assert (
        read(text.replace("<guid", f"{origin}<guid")).entries[0].url == "https://origin.example/x"
    )


def test_an_entry_of_another_feed_keeps_its_provider() -> None:
    text = RSS.replace("<guid", '<source url="https://o.example/feed">Other Post</source><guid')
    assert read(text).entries[0].provider == "Other Post"


@pytest.mark.parametrize(
    "media",
    [
        '<media:content url="/v.mp4" type="video/mp4"/>',
        '<enclosure url="/v.mp4" type="video/mp4" length="1"/>',
    ],
)
def test_an_entry_with_a_video_and_no_text_is_a_video(media: str) -> None:
    assert read(RSS.replace("<guid", f"{media}<guid")).entries[0].kind == "video"
    assert read(RSS).entries[0].kind == "article"


def test_entities_neither_grow_nor_reach_for_files() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(12))
    bomb = f"<!DOCTYPE rss [{levels}]>" + RSS.partition("?>")[2].replace("Bridge", "&e11;")
    assert len(str(read(bomb))) < 10_000
    file = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert "root:" not in str(read(file + RSS.partition("?>")[2].replace("Bridge", "&x;")))


def test_a_feed_without_end_is_read_up_to_a_bound() -> None:
    many = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(1200))
    feed = read(f'<rss version="2.0"><channel>{many}</channel></rss>')
    assert len(feed.entries) == 1000
    assert feed.entries[0].url == "https://news.example/0"


def test_a_page_gives_the_feeds_that_it_names() -> None:
    page = """<!doctype html><html><head><base href="https://cdn.example/s/">
    <link rel="alternate" hreflang="de" href="/de">
    <link rel="stylesheet alternate" type="text/css" href="/x.css">
    <LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="feed.xml">
    <link rel="alternate" type="application/feed+json" href="https://news.example/feed.json">
    <link rel="alternate" type="application/atom+xml" href="javascript:x"></head><body><p>x"""
    feed = read(page, "text/html")
    assert not feed.is_feed
    assert feed.alternates == ("https://cdn.example/s/feed.xml", "https://news.example/feed.json")


@pytest.mark.parametrize("body", [b"", b"hello", b"\x89PNG\r\n\x1a\n\0\0", b"<x>", b"\0" * 100])
def test_what_is_neither_is_neither(body: bytes) -> None:
    feed = read(body)
    assert not feed.is_feed
    assert feed.alternates == ()


@pytest.mark.parametrize("author", ["a", "a@", "a@b", "a.", "(", "1-", "a ("])
@pytest.mark.parametrize("name", ["author", "dc:creator", "managingEditor"])
def test_an_endless_author_takes_no_time(name: str, author: str) -> None:
    text = author * (600_000 // len(author))
    body = f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>t</title><{name}>{text}</{name}><item><title>x</title><link>http://a.example/x</link>
<{name}>{text}</{name}></item></channel></rss>"""
    begun = time.process_time()
    feed = read_feed(FeedJob(body.encode(), "http://a.example/feed", "application/rss+xml"))
    assert time.process_time() - begun < 3
    assert [entry.url for entry in feed.entries] == ["http://a.example/x"]


def written(case: dict[str, Any]) -> bytes:
    if "body" in case:
        return str(case["body"]).encode(case.get("encoding", "utf-8"))
    if "atom" in case:
        inside = f"<title>F</title><entry>{case['atom']}</entry>"
        return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">{inside}</feed>'.encode()
    return f'<rss version="2.0"><channel><title>F</title>{case["items"]}</channel></rss>'.encode()


@pytest.mark.parametrize("case", BROKEN, ids=[case["says"] for case in BROKEN])
def test_a_feed_is_read_as_it_is_meant_that_has(case: dict[str, Any]) -> None:
    feed = read(written(case), case.get("content_type", ""), "http://f.example/feed")
    assert [entry.url for entry in feed.entries] == case["urls"]
    if "titles" in case:
        assert [entry.title for entry in feed.entries] == case["titles"]
    assert case.get("defect", "") in (feed.defect or "")


@pytest.mark.parametrize(("inside", "published", "modified"), DATES["rss"])
def test_a_date_of_rss_is_that_which_stands_there_or_none(
    inside: str, published: str, modified: str
) -> None:
    spaces = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "dc": "http://purl.org/dc/elements/1.1/",
            "dcterms": "http://purl.org/dc/terms/",
            "prism": "http://prismstandard.org/namespaces/basic/2.0/",
            "atom": "http://www.w3.org/2005/Atom",
            "xsi": "http://www.w3.org/2001/XMLSchema-instance",
        }.items()
    )
    item = f"<item><title>A</title><link>/a</link>{inside}</item>"
    (entry,) = read(f'<rss version="2.0" {spaces}><channel>{item}</channel></rss>').entries
    assert ((entry.published or ""), (entry.modified or "")) == (published, modified)


@pytest.mark.parametrize(("inside", "published", "modified"), DATES["atom"])
def test_a_date_of_atom_is_that_which_stands_there(
    inside: str, published: str, modified: str
) -> None:
    entry = f'<entry><title>A</title><link href="/a"/>{inside}</entry>'
    (found,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>').entries
    assert ((found.published or ""), (found.modified or "")) == (published, modified)


def test_the_date_of_rss_1_is_that_of_dublin_core_whatever_its_prefix() -> None:
    feed = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="/"><title>F</title></channel><item rdf:about="https://f.example/1">'
        "<title>A</title><d:date>2024-01-15T10:00:00+09:00</d:date></item></rdf:RDF>"
    )
    (entry,) = feed.entries
    assert (entry.url, entry.published) == ("https://f.example/1", "2024-01-15T01:00:00Z")


def test_a_feed_may_be_gzipped_without_its_header_saying_so() -> None:
    assert read(gzip.compress(RSS.encode())).entries == read(RSS).entries


def test_an_entry_that_cannot_be_read_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(entry: Any, *_: object) -> str:
        if "bad" in entry["title"]:
            raise UnicodeError("of this entry")
        return str(entry["link"])

    monkeypatch.setattr("crawler.discovery.xml_feed.article_url", fail)
    items = "".join(
        f"<item><title>{title}</title><link>https://f.example/{title}</link></item>"
        for title in ("one", "bad", "two")
    )
    feed = read(f'<rss version="2.0"><channel>{items}</channel></rss>')
    assert [entry.title for entry in feed.entries] == ["one", "two"]
    assert feed.without_url == 1
    assert feed.defect == "UnicodeError: of this entry"


def test_a_json_feed_may_be_careless() -> None:
    feed = {
        "version": "https://www.jsonfeed.org/version/1.1/",
        "items": [
            {"id": 1, "url": "/1", "title": "a \ud83d", "date_published": 1705312800},
            {"id": 2, "url": 5, "title": ["b"]},
            {"url": "/3", "date_published": "Mon, 15 Jan 2024 10:00:00 MEZ", "authors": ["Ada"]},
            {"url": "/4", "date_published": {"year": 2024}, "authors": "Ada", "tags": "town"},
        ],
    }
    for body in (json.dumps(feed).encode(), json.dumps(feed).encode("utf-16")):
        first, third, fourth = read(body).entries
        assert (first.title, first.published) == ("a", "2024-01-15T10:00:00Z")
        assert (third.published, third.authors) == ("2024-01-15T09:00:00Z", ("Ada",))
        assert (fourth.published, fourth.authors, fourth.topics) == (None, (), ())


def test_a_parser_that_breaks_off_costs_nothing_of_what_it_has_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = "".join(
        f"<item><title>{number}</title><link>https://f.example/{number}</link></item>"
        for number in range(3)
    )
    broken = f'<rss version="2.0"><channel>{items}<item><title>Half</rss>'

    def fail(parser: Any, data: str) -> None:
        raise AssertionError("we should not get here!")

    monkeypatch.setattr("feedparser.api.LooseFeedParser.feed", fail)
    feed = read(broken)
    assert [entry.title for entry in feed.entries] == ["0", "1", "2"]
    assert feed.defect == "not well-formed: mismatched tag"
