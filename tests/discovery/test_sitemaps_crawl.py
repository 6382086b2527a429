"""Items that a search makes of sitemaps."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SITE = "https://news.example"
XML = {"Content-Type": "application/xml"}


def urlset(*entries: tuple[str, str]) -> str:
    urls = (f"<url><loc>{loc}</loc><lastmod>{day}</lastmod></url>" for loc, day in entries)
    return f"<urlset>{''.join(urls)}</urlset>"


def index(*urls: str) -> str:
    entries = (f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex>{''.join(entries)}</sitemapindex>"


def test_a_site_is_searched_from_its_robots_txt_on_through_all_its_sitemaps(
    discover: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    fields: Callable[[Path], dict[str, Any]],
) -> None:
    web.page(f"{SITE}/robots.txt", f"User-agent: *\nDisallow: /private\nSitemap: {SITE}/index.xml")
    children = (f"{SITE}/index.xml", f"{SITE}/a.xml.gz", f"{SITE}/lost.xml", f"{SITE}/private.xml")
    web.page(f"{SITE}/index.xml", index(*children), headers=XML)
    packed = gzip.compress(
        urlset((f"{SITE}/new", "2024-05-14"), (f"{SITE}/old", "2020-01-01")).encode()
    )
    web.page(
        f"{SITE}/a.xml.gz", packed, headers={"Content-Type": "application/gzip", "ETag": '"1"'}
    )
    web.page(f"{SITE}/new", article_html())

    done = discover("sitemaps", SITE, "--since", "2024-01-01")

    assert done.json["discovery"]["asked"] == {"ok": 2, "not-found": 1, "robots": 1}
    assert done.json["discovery"]["created"] == 1
    assert done.json["sources"]["visited"] == {"ok": 1}
    assert done.code == 1
    assert web.count(f"{SITE}/index.xml") == 1
    assert web.count(f"{SITE}/private.xml") == 0
    (item,) = items.iterdir()
    assert item.name.endswith("-new.md")
    assert fields(item)["discovery"]["foundIn"] == f"{SITE}/a.xml.gz"

    again = discover("sitemaps", f"{SITE}/a.xml.gz")
    assert again.json["discovery"]["created"] == 1, "what was passed over comes once it is wanted"
    third = discover("sitemaps", f"{SITE}/a.xml.gz")
    assert third.json["discovery"]["asked"] == {"not-modified": 1}


def test_a_site_may_have_its_sitemaps_elsewhere_and_they_may_name_each_other(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    store = "https://store.example/news"
    web.page(f"{SITE}/robots.txt", f"User-agent: *\nSitemap: {store}/index.xml")
    web.page(f"{store}/index.xml", index(f"{store}/a.xml", f"{store}/index.xml"), headers=XML)
    elsewhere = {"Location": f"{store}/b.xml"}
    web.page(f"{SITE}/moved.xml", "", status=301, headers=elsewhere)
    web.page(f"{store}/b.xml", urlset((f"{SITE}/b", "2024-05-13")), headers=XML)
    web.page(f"{SITE}/b", article_html())
    entries = ((f"{SITE}/a?b=1&c=2", "2024-05-14"), ("https://stranger.example/x", "2024-05-14"))
    web.page(f"{store}/a.xml", urlset(*entries), headers=XML)
    web.page(f"{SITE}/a?b=1&c=2", article_html())

    done = discover("sitemaps", SITE)

    assert done.json["discovery"]["asked"] == {"ok": 2}
    assert done.json["discovery"]["created"] == 1
    assert done.json["discovery"]["unusable"] == 1
    assert done.json["sources"]["visited"] == {"ok": 1}
    assert "1 of other sites or unusable, a bare &" in done.stderr
    assert discover("sitemaps", f"{SITE}/moved.xml").json["discovery"]["created"] == 1


def test_a_site_without_a_named_sitemap_has_the_usual_one_and_the_newest_come_first(
    discover: Callable[..., Outcome], web: LocalWeb, items: Path, article_html: Callable[..., str]
) -> None:
    entries = [(f"{SITE}/story-{day}", f"2024-05-{day}") for day in (11, 14, 12, 13)]
    web.page(f"{SITE}/sitemap.xml", urlset(*entries), headers=XML)
    for url, _ in entries:
        web.page(url, article_html(title=url))
    done = discover("sitemaps", SITE, "--max-new", 2)
    assert done.json["discovery"] == {
        "asked": {"ok": 1},
        "created": 2,
        "known": 0,
        "unusable": 0,
        "left": 2,
    }
    assert sorted(path.name[11:] for path in items.iterdir()) == ["story-13.md", "story-14.md"]
    assert web.count(f"{SITE}/story-11") == 0
