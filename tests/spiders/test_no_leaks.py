"""What no host is told: where we come from, and what pages there are at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

ARCHIVE = "http://archive.example/tg/"
UNSAFE = {"Referrer-Policy": "unsafe-url"}


def test_no_request_has_a_referer_whatever_a_page_wants(
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
) -> None:
    refresh = "<meta http-equiv=refresh content='0; url=http://new.example/b'>"
    web.page("http://old.example/a", refresh, headers=UNSAFE)
    web.page("http://new.example/b", status=302, headers={"Location": "/c", **UNSAFE})
    web.page("http://new.example/c", article_html(), headers=UNSAFE)
    web.page("http://lost.example/a?x=1", status=404, headers=UNSAFE)
    web.page("http://lost.example/b", status=410, headers=UNSAFE)
    write_item(items, "a", original_url="http://old.example/a")
    lost = {"webUrl": "http://lost.example/b"}
    write_item(items, "b", original_url="http://lost.example/a?x=1", **lost)
    crawl(settings={"CRAWLER_WAYBACK": ARCHIVE})
    assert {"old.example", "new.example", "lost.example", "archive.example"} <= {
        r.host for r in web.requests
    }
    assert [r.url for r in web.requests if "referer" in map(str.lower, r.headers)] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://printer.test/a",
        "http://hidden.onion/a",
        "http://news.example/a?token=s3cr3t",
        "http://news.example/a?b=c&Access_Token=s3cr3t",
    ],
)
def test_an_archive_is_not_told_of_it(
    items: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    url: str,
) -> None:
    web.page(url, status=404)
    write_item(items, "a", original_url=url)
    outcome = crawl(settings={"CRAWLER_WAYBACK": ARCHIVE})
    assert outcome.json["sources"]["visited"] == {"not-found": 1}
    assert [r.url for r in web.requests if r.host == "archive.example"] == []


def test_dot_segments_go_neither_round_robots_txt_nor_out(
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
) -> None:
    site = "http://news.example"
    plain = {"Content-Type": "text/plain"}
    web.page(f"{site}/robots.txt", "User-agent: *\nDisallow: /private/", headers=plain)
    web.page(f"{site}/n/story", article_html())
    ways = ["/./private/1", "/x/../private/2", "/x/%2e%2E/private/3", "/moved", "/meta"]
    web.redirect(f"{site}/moved", f"{site}/x/.%2e/x/%2e%2e/private/4")
    web.page(f"{site}/meta", "<meta http-equiv=refresh content='0; url=/x/%2e%2e/private/5'>")
    write_item(items, "a", original_url=f"{site}/n/./m/../story", related=[site + w for w in ways])
    outcome = crawl()
    assert outcome.json["sources"]["visited"]["ok"] == 1
    assert {r.path for r in web.requests} == {"/robots.txt", "/n/story", "/moved", "/meta"}
