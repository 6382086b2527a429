from __future__ import annotations

import pytest

from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.page_links import next_page_url
from crawler.extraction.parse import parse_page

SITE = "https://news.example"
FIRST = f"{SITE}/town/bridge"


def next_page(
    body: str, *, head: str = "", url: str = FIRST, canonical: str | None = None, first: str = ""
) -> str | None:
    tree = parse_page(f"<html><head>{head}</head><body><p>Text.</p>{body}</body></html>")
    assert tree is not None
    return next_page_url(tree, read_markup(tree, url), canonical, first=first)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="next" href="/town/bridge?page=2">', ""),
        ('<link rel="next" href="?page=2">', ""),
        ('<base href="/town/"><link rel="next" href="bridge?page=2">', ""),
        ("", '<a rel="nofollow NEXT" href="?page=2#text">Read on</a>'),
        ("", '<a href="?page=2">2</a>'),
        ("", '<a href="?page=2"><span>Page</span> <b>2</b></a>'),
        ("", '<a href="?page=3">3</a> <a href="?page=2"> 2\n</a>'),
        ('<link rel="next" href="/town/market"><link rel="next" href="?page=2">', ""),
    ],
)
def test_a_link_to_the_article_s_next_page_number_is_it(head: str, body: str) -> None:
    assert next_page(body, head=head) == f"{FIRST}?page=2"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="next" href="/town/market">', '<a rel="next" href="/town/market">Market</a>'),
        ('<link rel="next" href="/town/bridge-part-2">', ""),
        ('<link rel="next" href="https://other.example/town/bridge?page=2">', ""),
        ('<link rel="next" href="?page=3">', ""),
        ('<link rel="next" href="javascript:go(2)">', ""),
        ('<link rel="prev" href="?page=2">', ""),
        ("", '<a href="?page=2">Older comments</a>'),
        ("", '<a href="?page=2">22</a>'),
        ("", '<a href="/town/2">2</a>'),
        ("", ""),
    ],
)
def test_no_other_link_is(head: str, body: str) -> None:
    assert next_page(body, head=head) is None


def test_a_bare_number_needs_a_link_that_shows_it() -> None:
    # WordPress gives a second post of one title this address, and it may be the next post.
    rel = '<link rel="next" href="/town/bridge-2/">'
    assert next_page('<a href="/town/bridge-2/">The bridge</a>', head=rel) is None
    assert next_page('<a href="/town/bridge-2/">Bridge 2</a>', head=rel) is None
    assert next_page('<a href="/town/bridge-2/">2</a>') == f"{FIRST}-2/"
    assert next_page('<a href="/town/bridge/2">Seite 2</a>') == f"{FIRST}/2"


def test_a_further_page_leads_on_from_its_own_number() -> None:
    body = '<a href="/town/bridge">1</a> <a href="/town/bridge/3">3</a>'
    rel = '<link rel="next" href="?page=3">'
    assert next_page(body, url=f"{FIRST}/2", first=FIRST) == f"{FIRST}/3"
    assert next_page("", head=rel, url=f"{FIRST}?page=2", first=FIRST) == f"{FIRST}?page=3"
    assert next_page("", head=rel, url=f"{FIRST}?page=4", first=FIRST) is None
    assert next_page("", head=rel, url=f"{SITE}/town/market", first=FIRST) is None
    last = '<link rel="next" href="?page=100">'
    assert next_page("", head=last, url=f"{FIRST}?page=99", first=FIRST) is None


def test_an_article_is_not_joined_from_its_middle_on() -> None:
    body = '<a href="?page=1">1</a> <a href="?page=2">2</a> <a href="?page=3">3</a>'
    url = f"{FIRST}?page=2"
    assert next_page(body, url=url) is None
    assert next_page(body, url=url, canonical=FIRST) is None
    assert next_page(body, url=url, first=FIRST) == f"{FIRST}?page=3"


def test_an_article_may_be_known_by_its_canonical_url() -> None:
    url = f"{SITE}/go?story=17"
    rel = f'<link rel="next" href="{FIRST}?page=2">'
    assert next_page("", head=rel, url=url) is None
    assert next_page("", head=rel, url=url, canonical=FIRST) == f"{FIRST}?page=2"
