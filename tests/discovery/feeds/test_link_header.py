"""Links that the header of a feed's answer has."""

from __future__ import annotations

import time

from crawler.discovery.feeds import links_of_header

BASE = "https://news.example/feed"


def test_links_are_found_by_their_relation() -> None:
    fields = [
        '<https://hub.example/?a=1,2>; rel="hub", </feed.xml>; title="x"; rel=self',
        '<https://two.example/>; type="a/b"; REL="HUB alternate"',
        "<https://news.example/style.css>; rel=preload, <javascript:x>; rel=hub, nonsense",
    ]
    assert links_of_header(fields, "hub", BASE) == (
        "https://hub.example/?a=1,2",
        "https://two.example/",
    )
    assert links_of_header(fields, "self", BASE) == ("https://news.example/feed.xml",)


def test_a_hostile_header_takes_no_long_time() -> None:
    started = time.process_time()
    for field in (
        "<" * 100_000,
        "<a>" + ";" * 100_000,
        "<a>;rel=" + '"' * 100_000,
        "<a> ;" * 30_000,
    ):
        links_of_header([field], "hub", BASE)
    assert time.process_time() - started < 5
