"""Sitemaps that a robots.txt names."""

from __future__ import annotations

import pytest

from crawler.discovery.sitemaps import (
    robots_url_of,
    sitemaps_of_robots,
    usual_sitemap,
)


def test_lines_count_wherever_they_stand_and_however_they_are_spelled() -> None:
    body = (
        b"Sitemap: https://a.example/1.xml\nUser-agent: *\r\n  SITEMAP :https://b.example/2.xml #\n"
        b"Disallow: /sitemap: /no\nsitemap: /3.xml\nSitemap: https://a.example/1.xml\nSitemap:\n"
        b"Sitemap: javascript:x\n"
    )
    assert sitemaps_of_robots(body, "https://a.example/robots.txt") == (
        "https://a.example/1.xml",
        "https://b.example/2.xml",
        "https://a.example/3.xml",
    )


@pytest.mark.parametrize(
    ("url", "robots"),
    [
        ("https://a.example", "https://a.example/robots.txt"),
        ("http://a.example:8080/", "http://a.example:8080/robots.txt"),
        ("https://a.example/robots.txt", "https://a.example/robots.txt"),
        ("https://a.example/sitemap.xml", None),
        ("https://a.example/?feed=sitemap", None),
    ],
)
def test_a_site_is_told_from_a_sitemap(url: str, robots: str | None) -> None:
    assert robots_url_of(url) == robots


def test_a_site_that_names_none_has_the_usual_one() -> None:
    assert usual_sitemap("https://a.example/robots.txt") == "https://a.example/sitemap.xml"
