from __future__ import annotations

from ipaddress import ip_address

import pytest

from crawler.downloader.addresses import plain_host, read_address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("8.8.2056", "8.8.8.8"),
        ("8.526344", "8.8.8.8"),
        ("134744072", "8.8.8.8"),
        ("0x08.0X8.8.8", "8.8.8.8"),
        ("0x", "0.0.0.0"),
        ("00.0.0.07", "0.0.0.7"),
        ("4294967295", "255.255.255.255"),
        ("\uff18\uff0e8\u30028\uff618.", "8.8.8.8"),  # full-width and ideographic
        ("%38.8.8%2e8", "8.8.8.8"),
        ("[::1]", "::1"),
        ("::FFFF:1.2.3.4", "::ffff:1.2.3.4"),
        ("[fe80::1%25eth0]", "fe80::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_in_any_spelling(host: str, address: str) -> None:
    assert read_address(plain_host(host)) == ip_address(address)


@pytest.mark.parametrize(
    "host",
    ["news.example", "1.2.3.4.example", "0xnews.example", "7news", "xn--p1ai", "", "8.8.8.x"],
)
def test_a_name_is_no_address(host: str) -> None:
    assert read_address(plain_host(host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.256",
        "1.2.65536",
        "4294967296",
        "010.0.0.1",
        "08.1",
        "a.1",
        "1..1",
        "::1::",
        "[v1.x]",
        "[localhost]",
        "1:2",
        "127.0.0.1%00.news.example",
        "127.0.0.1%2500.news.example",
        "127.0.0.1%2f.news.example",
        "127.0.0.1\N{FULLWIDTH NUMBER SIGN}.news.example",
        "127.0.0.1\\.news.example",
    ],
)
def test_what_may_be_an_address_to_somebody_is_an_error(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(plain_host(host))
