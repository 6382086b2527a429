"""Cases in which a crawl once went wrong, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from crawler import read_item

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS, AMP = "http://news.example/bridge", "http://news.example/amp/bridge"


def source_of(output: Path) -> dict[str, Any]:
    front_matter = yaml.safe_load(output.read_text().split("---\n")[1])
    source: dict[str, Any] = front_matter["enrichment"]["source"]
    return source


def test_a_page_that_shows_our_markers_in_code_is_written_and_read_again(
    crawl: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    code = "<pre><code>&lt;!-- article:end --&gt;\n&lt;!-- article:begin x --&gt;</code></pre>"
    web.page(NEWS, article_html().replace("</article>", f"{code}</article>"))
    original = write_item(items, "bridge", original_url=NEWS, body="Mine.\n").read_bytes()
    assert crawl().code == 0
    enriched = tmp_path / "output" / "items" / "bridge.md"
    assert enriched.read_text().count("<!-- article:end -->") == 1
    assert read_item(enriched).text.encode() == original


def test_robots_txt_holds_for_all_requests_that_wait_for_it(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    rules = "User-agent: *\nDisallow: /private/"
    headers = {"Content-Type": "text/plain"}
    web.page("http://news.example/robots.txt", rules, headers=headers, delay=0.5)
    private = [f"http://news.example/private/{number}" for number in range(5)]
    for url in (NEWS, *private):
        web.page(url, article_html())
    write_item(items, "bridge", original_url=NEWS, related=private)
    assert crawl().json["sources"]["visited"] == {"ok": 1, "robots": 5}
    assert sum(web.count(url) for url in private) == 0
    assert web.count("http://news.example/robots.txt") == 1


def test_an_amp_page_stands_in_until_the_article_is_back(
    crawl: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS, ampWebUrl=AMP)
    web.page(NEWS, "later", status=503)
    web.page(AMP, article_html())
    crawl()
    enriched = tmp_path / "output" / "items" / "bridge.md"
    assert source_of(enriched)["requestedUrl"] == AMP
    web.page(NEWS, article_html())
    assert crawl().json["sources"]["visited"] == {"ok": 1}
    assert source_of(enriched)["requestedUrl"] == NEWS
    web.forget()
    crawl()
    assert web.requests == []


def test_two_items_with_one_wrong_url_in_common_get_their_own_articles(
    crawl: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    home = "http://news.example/"
    for name in ("a", "b"):
        web.page(f"http://news.example/{name}", article_html(title=f"Story {name}"))
        write_item(items, name, original_url=f"http://news.example/{name}", webUrl=home)
    crawl()
    for name in ("a", "b"):
        source = source_of(tmp_path / "output" / "items" / f"{name}.md")
        assert source["title"] == f"Story {name}"
    assert web.count(home) == 0


def test_a_redirect_from_home_to_a_public_site_is_not_followed_without_a_contact(
    run_crawler: Callable[..., Outcome],
    items: Path,
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
) -> None:
    web.redirect("/a", "http://public.example.com/b")
    write_item(items, "a", original_url=web.url("/a"))
    settings = {"CRAWLER_ALLOWED_NETWORKS": "127.0.0.0/8"}
    outcome = run_crawler("run", items, "-o", tmp_path / "output", "--json", settings=settings)
    assert outcome.json["sources"]["visited"] == {"network-error": 1}
    source = source_of(tmp_path / "output" / "items" / "a.md")
    assert source["detail"] == "no CRAWLER_CONTACT is set for a public site"
