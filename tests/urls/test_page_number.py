from __future__ import annotations

import pytest

from crawler.urls.pagination import PageNumber, page_number

SITE = "https://news.example"


@pytest.mark.parametrize(
    ("first", "url", "number"),
    [
        ("/town/bridge", "/town/bridge", 1),
        ("/town/bridge", "/town/bridge/", 1),
        ("/town/bridge", "/town/bridge?page=2", 2),
        ("/town/bridge", "/town/bridge?utm_source=feed&page=2#top", 2),
        ("/town/bridge?page=1", "/town/bridge?page=2", 2),
        ("/bridge?id=55", "/bridge?page=3&id=55", 3),
        ("/bridge?id=55", "/bridge?id=55&article_page=3", 3),
        ("/bridge", "/bridge?seite=12", 12),
        ("/bridge", "/bridge?page_number=2", 2),
        ("/bridge", "/bridge/page/2/", 2),
        ("/bridge/", "/bridge/page-2.html", 2),
        ("/bridge", "/bridge/seite-2", 2),
        ("/bridge.html", "/bridge-page2.html", 2),
        ("/bridge.html", "/bridge,seite-2.html", 2),
        ("/bridge/page/1", "/bridge/page/2", 2),
        ("/bridge", "/bridge/p%C3%A1gina-2", 2),
        ("/Town/Bridge", "/town/bridge/Page/2", 2),
    ],
)
def test_a_number_that_says_so_is_a_page_s(first: str, url: str, number: int) -> None:
    assert page_number(SITE + url, SITE + first) == PageNumber(number)


@pytest.mark.parametrize(
    ("first", "url"),
    [
        ("/bridge.html", "/bridge-2.html"),
        ("/a-20240514.html", "/a-20240514-2.html"),
        ("/bridge", "/bridge/2"),
        ("/bridge/", "/bridge/2/"),
        ("/bridge.html", "/bridge_2.html"),
        ("/bridge,1047.html", "/bridge,1047,2.html"),
        ("/bridge", "/bridge/p2"),
        ("/bridge", "/bridge?p=2"),
    ],
)
def test_a_bare_number_may_be_a_page_s(first: str, url: str) -> None:
    assert page_number(SITE + url, SITE + first) == PageNumber(2, is_named=False)


@pytest.mark.parametrize(
    ("first", "url"),
    [
        ("/bridge", "/market"),
        ("/bridge", "/market?page=2"),
        ("/news/1", "/news/2"),
        ("/news/1041", "/news/1042"),
        ("/news?id=1", "/news?id=2"),
        ("/?p=1", "/?p=2"),
        ("/", "/?page=2"),
        ("/", "/page/2"),
        ("/index.php?id=5", "/index.php?page=2"),
        ("/bridge", "/bridge?page=2&sort=old"),
        ("/2024/05/14/", "/2024/05/15/"),
        ("/part-1", "/part-2"),
        ("/bridge", "/bridge-part-2"),
        ("/bridge", "/bridge/comment-page-2"),
        ("/bridge/page/2", "/bridge/page/3"),
        ("/bridge", "/bridge?page=100"),
        ("/bridge", "/bridge?page=02"),
        ("/bridge", "/bridge?page=two"),
    ],
)
def test_what_differs_by_more_than_a_page_number_is_another_page(first: str, url: str) -> None:
    assert page_number(SITE + url, SITE + first) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.news.example/bridge?page=2", PageNumber(2)),
        ("https://m.news.example/bridge?page=2", PageNumber(2)),
        ("https://other.example/bridge?page=2", None),
        ("https://[::1/bridge?page=2", None),
    ],
)
def test_the_pages_of_an_article_are_of_one_registered_domain(
    url: str, expected: PageNumber | None
) -> None:
    assert page_number(url, f"{SITE}/bridge") == expected
