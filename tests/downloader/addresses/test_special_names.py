from __future__ import annotations

import pytest

from crawler.downloader.addresses import is_of_own_network, is_public_name


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "intranet", "wiki.local", "wiki.LAN", "nas.home", "nas.home.arpa", "x.corp"),
        *("mail.corp.", "git.internal", "printer.localdomain", "a.intranet", "wiki.mail"),
        *("wiki%2elan", "wiki\u3002lan", "wiki.\uff43orp"),
    ],
)
def test_names_of_one_s_own_network_are_nobody_else_s(host: str) -> None:
    assert is_of_own_network(host)
    assert not is_public_name(host)


@pytest.mark.parametrize(
    "host",
    [
        *("a.test", "a.invalid", "duckduckgogg42.onion", "a.alt", "1.0.0.10.in-addr.arpa"),
        *("10.0.0.5", "93.184.216.34", "010.1", "0x7f.1", "2130706433", "::1", "[fd00::1]"),
        *("a.nosuchtld", "wiki.company-net", "", "a b.example"),
    ],
)
def test_what_is_no_name_of_the_public_web_is_told(host: str) -> None:
    assert not is_public_name(host)


@pytest.mark.parametrize(
    "host",
    [
        *("news.example", "www.bbc.co.uk", "writer.github.io", "münchen.de", "xn--mnchen-3ya.de"),
        *("local.news", "internal.example.com", "a.email", "lan.com", "пример.рф"),
    ],
)
def test_names_of_the_public_web_are_public(host: str) -> None:
    assert is_public_name(host)
    assert not is_of_own_network(host)
