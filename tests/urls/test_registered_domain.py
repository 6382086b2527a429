from __future__ import annotations

import socket
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.registered_domain import has_public_suffix, registered_domain, site_of


@pytest.mark.parametrize(
    ("url_or_host", "domain"),
    [
        ("https://forums.bbc.co.uk/x", "bbc.co.uk"),
        ("https://WWW.Example.COM:8443/a//b?c=//d", "example.com"),
        ("www.example.com/a//b.org", "example.com"),
        ("//cdn.example.com/a", "example.com"),
        ("https://user:secret@news.example.com./a", "example.com"),
        ("https://someone.blogspot.com/", "blogspot.com"),
        ("http://www.münchen.de/", "xn--mnchen-3ya.de"),
        ("http://www.xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::0:1]:80/", "::1"),
        ("::1", "::1"),
        ("localhost:80", "localhost"),
        ("a.b.x.example", "x.example"),
        ("co.uk", "co.uk"),
        ("", "unknown"),
        ("..", "unknown"),
        ("http://[::1", "unknown"),
        ("\ud800", "unknown"),
    ],
)
def test_the_registered_domain_of(url_or_host: str, domain: str) -> None:
    assert registered_domain(url_or_host) == domain


@pytest.mark.parametrize(
    ("url_or_host", "site"),
    [
        ("https://forums.bbc.co.uk/x", "bbc.co.uk"),
        ("https://someone.blogspot.com/", "someone.blogspot.com"),
        ("https://www.someone.github.io/a", "someone.github.io"),
        ("https://a.b.vercel.app:8443/", "b.vercel.app"),
        ("https://SOMEONE.pages.dev./", "someone.pages.dev"),
        ("https://bucket.s3.amazonaws.com/", "bucket.s3.amazonaws.com"),
        ("https://github.io/", "github.io"),
        ("https://www.github.com/", "github.com"),
        ("a.b.x.example", "x.example"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost:80", "localhost"),
        ("", "unknown"),
    ],
)
def test_the_site_of(url_or_host: str, site: str) -> None:
    assert site_of(url_or_host) == site
    assert site_of(site) == site


@given(st.text(alphabet=st.characters() | st.sampled_from("./:[]@%-")))
def test_garbage_has_a_site_in_lower_case_ascii(text: str) -> None:
    site = site_of(text)
    assert site
    assert site.isascii()
    assert site == site.lower()


def test_a_public_suffix_is_one_of_the_list() -> None:
    assert has_public_suffix("news.com")
    assert has_public_suffix("пример.рф")
    assert not has_public_suffix("wiki.company-net")


@given(st.text(alphabet=st.characters() | st.sampled_from("./:[]@%-")))
def test_garbage_never_raises_and_gives_lower_case_ascii(text: str) -> None:
    domain = registered_domain(text)
    assert domain
    assert domain.isascii()
    assert domain == domain.lower()
    assert registered_domain(domain) == domain


def test_it_never_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> Never:
        raise AssertionError("network access")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert registered_domain("https://never.asked-before.co.jp/") == "asked-before.co.jp"
