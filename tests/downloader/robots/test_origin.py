from __future__ import annotations

import pytest

from crawler.downloader.robots.rules import origin_of, robots_url


@pytest.mark.parametrize(
    ("url", "origin", "robots"),
    [
        ("http://News.example/a", "http://news.example:80", "http://news.example/robots.txt"),
        ("https://news.example", "https://news.example:443", "https://news.example/robots.txt"),
        ("https://n.example:80/", "https://n.example:80", "https://n.example:80/robots.txt"),
        (
            "http://u:p@n.example:8080/a",
            "http://n.example:8080",
            "http://n.example:8080/robots.txt",
        ),
        ("http://[::1]/a?b", "http://[::1]:80", "http://[::1]/robots.txt"),
        ("http://[::80]:81/", "http://[::80]:81", "http://[::80]:81/robots.txt"),
    ],
)
def test_an_origin_and_its_robots_txt(url: str, origin: str, robots: str) -> None:
    assert origin_of(url) == origin
    assert robots_url(origin) == robots


def test_other_schemes_have_no_robots_txt() -> None:
    with pytest.raises(ValueError, match="no http"):
        origin_of("data:text/plain,x")
