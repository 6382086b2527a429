"""Items that a search makes of feeds."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.ledger.sqlite import SqliteLedger
from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

FEED = "https://news.example/feed"
RSS = {"Content-Type": "application/rss+xml"}


def entry(title: str, url: str, *, published: str = "Tue, 14 May 2024 08:30:00 +0200") -> str:
    return (
        f"<item><title>{title}</title><link>{url}</link><pubDate>{published}</pubDate>"
        "<description>&lt;p&gt;In short.&lt;/p&gt;</description></item>"
    )


def rss(*entries: str) -> str:
    hub = '<atom:link rel="hub" href="https://hub.example/"/>'
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>The Courier</title>{hub}{''.join(entries)}</channel></rss>"
    )


def names(items: Path) -> list[str]:
    return sorted(path.name for path in items.glob("*"))


def test_new_entries_become_items_that_are_enriched_in_the_same_run(
    discover: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    fields: Callable[[Path], dict[str, Any]],
) -> None:
    told = rss(entry("The old bridge {{ stays }}", "/bridge?utm_source=rss"))
    web.page(FEED, told, headers={**RSS, "Link": '<https://first-hub.example/>; rel="hub"'})
    web.page("https://news.example/bridge", article_html())

    done = discover("feeds", FEED)

    assert done.code == 0, done.stderr
    assert done.json["discovery"]["asked"] == {"ok": 1}
    assert done.json["discovery"]["created"] == 1
    assert done.json["sources"]["visited"] == {"ok": 1}
    assert names(items) == ["2024-05-14-the-old-bridge-stays.md"]
    item = items / "2024-05-14-the-old-bridge-stays.md"
    assert "{{" not in item.read_text("utf-8")
    found = fields(item)
    assert found["title"] == "The old bridge \uff5b{ stays }}"
    assert found["excerpt"] == "In short."
    assert found["publishedDateTime"] == "2024-05-14T06:30:00Z"
    assert found["originalUrl"] == "https://news.example/bridge?utm_source=rss"
    assert found["provider"] == {"name": "The Courier", "domain": "news.example"}
    assert found["discovery"]["foundIn"] == FEED
    enriched = tmp_path / "output" / "items" / item.name
    assert "old footbridge" in enriched.read_text("utf-8")
    assert "hub https://first-hub.example/" in done.stderr
    with closing(SqliteLedger(tmp_path / "output" / ".crawler" / "ledger.sqlite3")) as ledger:
        feed = ledger.feed(FEED)
    assert feed is not None
    assert feed.hubs == ("https://first-hub.example/", "https://hub.example/")


def test_an_article_that_an_item_is_about_is_not_created_again(
    discover: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    amp = "https://news.example/amp/x"
    write_item(items, "a", original_url="https://news.example/x", ampWebUrl=amp, related=[])
    write_item(
        items, "b", original_url="https://news.example/y", related=["https://news.example/z"]
    )
    entries = [entry("X", "http://www.news.example/x/?fbclid=1"), entry("X amp", amp)]
    entries += [
        entry("Z", "https://news.example/z"),
        entry("Z again", "https://news.example/z#top"),
    ]
    web.page(FEED, rss(*entries), headers=RSS)
    for path in ("x", "y", "z"):
        web.page(f"https://news.example/{path}", article_html(title=path))

    done = discover("feeds", FEED)

    assert done.json["discovery"]["created"] == 1
    assert done.json["discovery"]["known"] == 3
    assert names(items) == ["2024-05-14-z.md", "a.md", "b.md"]


def test_a_feed_is_asked_for_only_if_it_has_changed_and_deleted_items_stay_deleted(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    page = "https://news.example/a"
    web.page(page, article_html())
    web.page(FEED, rss(entry("A", page)), headers={**RSS, "ETag": '"1"'})
    assert discover("feeds", FEED).json["discovery"]["created"] == 1

    again = discover("feeds", FEED)
    assert again.json["discovery"]["asked"] == {"not-modified": 1}
    assert again.code == 0

    (items / "2024-05-14-a.md").unlink()
    web.page(FEED, rss(entry("A", page), entry("B", page + "?p=2")), headers={**RSS, "ETag": '"2"'})
    web.page(page + "?p=2", article_html())
    third = discover("feeds", FEED)
    assert third.json["discovery"]["asked"] == {"ok": 1}
    assert names(items) == ["2024-05-14-b.md"]


def test_no_file_is_overwritten_whoever_made_it(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    items.mkdir()
    mine = items / "2024-05-14-same.md"
    mine.write_text("my notes, no item at all", "utf-8")
    urls = [f"https://news.example/{number}" for number in (1, 2)]
    web.page(FEED, rss(*(entry("Same", url) for url in urls)), headers=RSS)
    for url in urls:
        web.page(url, article_html())

    done = discover("feeds", FEED)

    assert done.json["discovery"]["created"] == 2
    assert mine.read_text("utf-8") == "my notes, no item at all"
    assert len(names(items)) == 3
    assert done.json["items"]["invalid"] == 1
    assert [line for line in done.json["problems"] if "2024-05-14-same.md" in line]


def test_a_feed_that_cannot_be_read_is_told_and_the_others_go_on(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    lost, text = "https://news.example/lost", "https://news.example/text"
    page, broken = "https://home.example/", "https://broken.example/feed"
    web.page(text, "no feed", headers={"Content-Type": "text/plain"})
    link = '<link rel="alternate" type="application/atom+xml" href="/atom.xml">'
    web.page(page, f"<!doctype html><html><head>{link}</head><body><p>Home</p></body></html>")
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Home</title><entry><title>H</title>'
    web.page("https://home.example/atom.xml", atom + '<link href="/h"/></entry></feed>')
    web.page(broken, rss(entry("Good", "/good")).removesuffix("</channel></rss>") + "<item><x y=")
    web.page("https://home.example/h", article_html())
    web.page("https://broken.example/good", article_html())
    web.page("https://robots.example/robots.txt", "User-agent: *\nDisallow: /")

    words = (lost, text, page, broken, "https://robots.example/feed", "http://10.0.0.1/feed")
    done = discover("feeds", *words)

    assert done.code == 1
    assert done.json["discovery"]["asked"] == {
        "not-found": 1,
        "empty": 1,
        "ok": 2,
        "robots": 1,
        "blocked-address": 1,
    }
    assert done.json["discovery"]["created"] == 2
    assert done.json["sources"]["visited"] == {"ok": 2}
    assert any("neither a feed nor a page" in problem for problem in done.json["problems"])
    assert web.count("https://robots.example/feed") == 0


def test_new_items_are_limited_and_the_rest_comes_with_the_next_run(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    urls = [f"https://news.example/{number}" for number in range(3)]
    for url in urls:
        web.page(url, article_html(title=url))
    entries = (entry(f"N{number}", url) for number, url in enumerate(urls))
    web.page(FEED, rss(*entries), headers={**RSS, "ETag": '"1"'})
    first = discover("feeds", FEED, "--max-new", 2)
    assert (first.json["discovery"]["created"], first.json["discovery"]["left"]) == (2, 1)
    second = discover("feeds", FEED)
    assert (second.json["discovery"]["created"], second.json["discovery"]["known"]) == (1, 2)
    assert len(names(items)) == 3


def test_shortened_urls_are_followed_once_and_the_publishers_is_the_items(
    discover: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    fields: Callable[[Path], dict[str, Any]],
) -> None:
    page = "https://news.example/bridge"
    web.page(page, article_html())
    web.redirect("https://bit.ly/1", "https://t.co/2", status=302)
    web.redirect("https://t.co/2", page, status=301)
    web.redirect("https://tinyurl.com/same", page)
    told = "https://www.google.com/url?url=https%3A%2F%2Fnews.example%2Fbridge"
    closed = "https://news.google.com/rss/articles/AU_yqLNvMBqkZ4Fz6Y1kqYTm9Yd5sQvVh2mW0fKc"
    web.page(closed, "<html><script>location</script></html>")
    urls = ("https://bit.ly/1", "https://tinyurl.com/same", told, closed)
    web.page(FEED, rss(*(entry(f"N{number}", url) for number, url in enumerate(urls))))

    done = discover("feeds", FEED)

    assert done.json["discovery"]["created"] == 1
    assert done.json["discovery"]["known"] == 2
    assert done.json["discovery"]["unusable"] == 1
    assert any("does not say where it leads" in problem for problem in done.json["problems"])
    (item,) = items.iterdir()
    assert fields(item)["originalUrl"] == page
    assert fields(item)["discovery"]["foundUrl"] == "https://bit.ly/1"
    again = discover("feeds", FEED)
    assert again.json["discovery"]["known"] == 3
    assert [web.count(url) for url in ("https://bit.ly/1", "https://tinyurl.com/same")] == [1, 1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ftp://news.example/feed",), "is not an absolute http or https URL"),
        ((FEED, "--since", "soon"), "neither a date nor a span"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(
    discover: Callable[..., Outcome], web: LocalWeb, words: tuple[str, ...], said: str
) -> None:
    done = discover("feeds", *words)
    assert done.code == 2
    assert said in done.stderr
    assert web.requests == []


def test_a_public_feed_is_asked_for_by_somebody_who_can_be_reached(
    run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    words = ("--items", tmp_path / "items", "-o", tmp_path / "output")
    done = run_crawler("discover", "feeds", FEED, *words, settings={"CRAWLER_CONTACT": ""})
    assert done.code == 2
    assert "CRAWLER_CONTACT" in done.stderr


def test_scrapy_crawls_feeds_too(
    web: LocalWeb, items: Path, tmp_path: Path, article_html: Callable[..., str]
) -> None:
    page, other = "https://news.example/bridge", "https://other.example/feed"
    web.page(page, article_html())
    web.page(FEED, rss(entry("Bridge", page)), headers=RSS)
    web.page(other, rss(), headers=RSS)
    pairs = (f"urls={FEED} {other}", f"items={items}", f"output={tmp_path / 'output'}", "_job=1")
    words = [word for pair in pairs for word in ("-a", pair)]
    quick = ["--set=DOWNLOAD_DELAY=0", "--set=CRAWLER_WAYBACK="]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "feeds", *words, *quick],
        cwd=Path(__file__).parents[2],
        env=environment(web),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "'crawler/state/ok': 1" in done.stderr
    assert (tmp_path / "output" / "items" / "2024-05-14-bridge.md").is_file()
