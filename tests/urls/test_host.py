"""Hosts as browsers read them: UTS #46, non-transitional."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.downloader.resolver import ascii_name
from crawler.downloader.robots.rules import origin_of
from crawler.sanitize import http_url
from crawler.urls.canonical import clean_url, url_key
from crawler.urls.host import ascii_host, host_of, safe_url
from crawler.urls.registered_domain import registered_domain

LINES = [
    re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), line).split(" ")
    for line in (Path(__file__).parent / "hosts.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
ENCODED = {host: names[0] for host, *names in LINES if names}
REFUSED = [*(host for host, *names in LINES if not names), "ü" * 300]


@pytest.mark.parametrize(("host", "name"), ENCODED.items())
def test_a_host_is_the_same_wherever_it_is_read(host: str, name: str) -> None:
    url = f"http://{host}/a?b=c"
    assert ascii_host(host) == name
    assert host_of(url) == name
    assert host_of(safe_url(url)) == name
    assert clean_url(url) == f"http://{name}/a?b=c"
    assert url_key(url) == f"{name}/a?b=c"
    assert host_of(http_url(url) or "") == name
    assert registered_domain(url) == registered_domain(f"http://{name}/")
    assert origin_of(safe_url(url)).rstrip(".:80") == f"http://{name}".rstrip(".:80")
    assert ascii_name(host) == name


@pytest.mark.parametrize("host", REFUSED)
def test_what_browsers_refuse_is_no_other_host(host: str) -> None:
    assert "%" in ascii_host(host)
    assert "%" in clean_url(f"http://{host}/").partition("//")[2]
    assert "%" in safe_url(f"http://{host}/").partition("//")[2]


def test_only_the_host_of_a_url_is_encoded_so() -> None:
    assert safe_url("//straße.example/ß?ß") == "//xn--strae-oqa.example/%C3%9F?%C3%9F"
    assert safe_url("http://u:p@straße.example:80/") == "http://u:p@xn--strae-oqa.example:80/"
    assert safe_url("/straße") == "/stra%C3%9Fe"
    assert safe_url("https://a.example/?u=//straße.example/") == (
        "https://a.example/?u=//stra%C3%9Fe.example/"
    )
    assert safe_url("http://straße.example/".encode()) == "http://xn--strae-oqa.example/"
    assert safe_url(b"http://a.example/\xe4") == "http://a.example/%E4"


@given(st.text(max_size=40))
def test_no_host_raises_and_none_comes_out_in_other_letters(host: str) -> None:
    name = ascii_host(host)
    assert name.isascii()
    assert ascii_host(name) == name
