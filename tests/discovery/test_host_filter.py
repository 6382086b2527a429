"""Which URLs are on some hosts."""

from __future__ import annotations

import pytest

from crawler.discovery.options import HostFilter
from crawler.options import OptionError


@pytest.mark.parametrize(
    ("hosts", "url", "has"),
    [
        ("news.example", "https://news.example/a", True),
        ("news.example", "https://www.NEWS.example./a", True),
        ("news.example", "https://othernews.example/a", False),
        ("www.news.example", "https://news.example/a", False),
        ("a.example, b.example", "http://b.example:8080/", True),
        (["*"], "http://any.example/", True),
        ("", "http://any.example/", False),
        ("a.example", "http://[bad/", False),
    ],
)
def test_a_host_stands_for_its_subdomains(hosts: str, url: str, has: bool) -> None:
    assert HostFilter.parse(hosts).has(url) is has


@pytest.mark.parametrize("hosts", ["https://a.example", "*.a.example", "müller.example"])
def test_what_is_no_host_name_is_refused(hosts: str) -> None:
    with pytest.raises(OptionError, match="hosts:"):
        HostFilter.parse(hosts)
