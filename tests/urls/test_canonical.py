from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls.canonical import clean_url, url_key

_NASTY = st.text(
    alphabet=st.sampled_from("aZé日ß/?#&=%25+@:[].;\\ \t\x00\u202e\ud800~-_|{}<>'\"wutm_")
    | st.characters(),
    max_size=60,
)
_URLS = st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "HTTP"]), _NASTY, _NASTY)


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("HTTPS://Example.COM/A", "https://example.com/A"),
        ("https://example.com:443/", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://example.com:80", "http://example.com"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://example.com/a#b", "https://example.com/a"),
        ("https://example.com/?b=2&utm_source=x&a=%e9+1", "https://example.com/?b=2&a=%e9+1"),
        ("https://example.com/a?fbclid=x", "https://example.com/a"),
        ("https://user:secret@example.com/", "https://example.com/"),
        ("https://example.com./", "https://example.com/"),
        ("https://münchen.example/é?ü", "https://xn--mnchen-3ya.example/%C3%A9?%C3%BC"),
        ("https://example.com/a b|c", "https://example.com/a%20b%7Cc"),
        ("https://example.com/%7ea/../b", "https://example.com/b"),
        ("https://example.com/a/%2E%2e/./b?c=/../#d", "https://example.com/b?c=/../"),
        ("https://example.com/x/..\\private/", "https://example.com/private/"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        (" https://exam\nple.com/ ", "https://example.com/"),
        ("http://[::1/a", "http://%5b%3a%3a1/a"),
        ("http://example.com:99999/a", "http://example.com%3a99999/a"),
    ],
)
def test_the_url_to_request(url: str, cleaned: str) -> None:
    assert clean_url(url) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a?b=1&c=%2F",
        "https://www.example.com/a?b=1&c=%2F",
        "https://WWW.EXAMPLE.COM:443/a/?b=1&c=%2F",
        "https://www.www.example.com:80/a//?c=/&b=1",
        "https://example.com./x/../%61?c=%2f&b=%31#top",
        "https://user:secret@example.com/./a?utm_source=x&b=1&gclid=y&c=%2F",
    ],
)
def test_spellings_of_one_page_share_the_key(url: str) -> None:
    assert url_key(url) == "example.com/a?b=1&c=%2F"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://m.example.com/a"),
        ("https://example.com/a", "https://example.com:8443/a"),
        ("https://example.com/a", "https://example.com/a?page=2"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a%3Fb", "https://example.com/a?b"),
        ("https://example.com/%2541", "https://example.com/A"),
        ("https://example.com/a?b=1%26c=2", "https://example.com/a?b=1&c=2"),
        ("https://www.com/", "https://com/"),
    ],
)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://example.com", "example.com"),
        ("https://example.com/", "example.com"),
        ("https://example.com/?", "example.com"),
        ("https://example.com?a", "example.com?a="),
        ("https://example.com/?q=a+b", "example.com?q=a+b"),
        ("https://example.com/?q=a%20b", "example.com?q=a+b"),
        ("https://www.com/", "www.com"),
        ("http://[::0:1]:443/", "[::1]"),
        ("https://münchen.example/é", "xn--mnchen-3ya.example/%C3%A9"),
        ("http://[::1/a", "%5b%3a%3a1/a"),
    ],
)
def test_the_key_of(url: str, key: str) -> None:
    assert url_key(url) == key


@given(_URLS)
@example("http://a/%%34%31")
@example("http://a/..;/..")
@example("http://a/b/?%75tm%255Fsource=1&%utm_x")
def test_a_key_is_ascii_and_its_own_key(url: str) -> None:
    key = url_key(url)
    assert key.isascii()
    assert url_key(f"https://{key}") == key
    assert url_key(f"http://{key}") == key


@given(_URLS)
@example("http:///\\{")
@example("http://a@//b")
def test_cleaning_is_idempotent_and_keeps_the_key(url: str) -> None:
    cleaned = clean_url(url)
    assert cleaned.isascii()
    assert clean_url(cleaned) == cleaned
    assert url_key(cleaned) == url_key(url)
    assert not urlsplit(cleaned).fragment
    assert not any(character <= " " or character in '<>"\x7f' for character in cleaned)


@given(st.text())
def test_even_text_that_is_no_url_does_not_raise(text: str) -> None:
    clean_url(text)
    url_key(text)


def test_a_url_of_the_greatest_length_is_cleaned() -> None:
    url = "https://example.com/?" + "&" * 2_060
    assert url_key(url) == "example.com"
