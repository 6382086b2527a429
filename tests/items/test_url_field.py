from __future__ import annotations

import time

import pytest

from crawler.items.link import MAX_URL_CHARACTERS, url_defect


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "http://a.example",
        "HTTPS://A.Example:8443/x?y=@z#w",
        "https://münchen.example/straße",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:8080/",
        "https://a.example/{x}|y",
        "https://a.example./",
    ],
)
def test_an_absolute_web_url_is_good(url: str) -> None:
    assert url_defect(url) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "not a text"),
        (["https://a.example/"], "not a text"),
        (True, "not a text"),
        ("", "http or https"),
        ("/news/1", "http or https"),
        ("news", "http or https"),
        ("//a.example/", "http or https"),
        ("ftp://a.example/", "http or https"),
        ("file:///etc/passwd", "http or https"),
        ("javascript:alert(1)", "http or https"),
        ("data:text/html,x", "http or https"),
        ("https:", "no host"),
        ("https:/a.example/", "no host"),
        ("https:///a.example/", "no host"),
        ("https://:80/", "no host"),
        ("https://./", "no host"),
        ("https:\\\\a.example\\", "no host"),
        ("https://user:pw@a.example/", "user name"),
        ("https://user@a.example/", "user name"),
        ("https://@a.example/", "user name"),
        ("https://b.example\\@a.example/", "user name"),
        ("https://b.example\\.a.example/", "characters that no host has"),
        ("https://a<b>.example/", "characters that no host has"),
        ("https://a%2eexample/", "characters that no host has"),
        ("https://a.example:99999/", "not a valid URL"),
        ("https://a.example:x/", "not a valid URL"),
        ("https://[::1/", "not a valid URL"),
        ("https://[x]/", "not a valid URL"),
        ("https://a.example\u2100/", "not a valid URL"),
        (" https://a.example/", "white space"),
        ("https://a.example/ ", "white space"),
        ("https://a.example/a b", "white space"),
        ("https://a.example/\n", "white space"),
        ("java\tscript:x", "white space"),
        ("https://a.example/\x00", "white space"),
        ("https://a.example/\x9f", "white space"),
        ("https://a.example/\u2028", "white space"),
        ("https://a.example/\xa0", "white space"),
    ],
)
def test_any_other_value_has_a_defect(value: object, words: str) -> None:
    assert words in (url_defect(value) or "")


def test_a_url_may_have_2083_characters() -> None:
    longest = "https://a.example/".ljust(MAX_URL_CHARACTERS, "x")
    assert url_defect(longest) is None
    assert "2083" in (url_defect(longest + "x") or "")


def test_a_url_of_megabytes_is_refused_at_once() -> None:
    start = time.perf_counter()
    assert url_defect("https://" + "a." * 5_000_000) is not None
    assert time.perf_counter() - start < 0.1
