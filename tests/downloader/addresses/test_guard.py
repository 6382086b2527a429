from __future__ import annotations

import pytest

from crawler.downloader.addresses import (
    AddressPolicy,
    AllowedNetworks,
    Proxy,
    current_guard,
    guarded_by,
    nothing_allowed,
)

LOOPBACK = AllowedNetworks.from_settings({"CRAWLER_ALLOWED_NETWORKS": "127.0.0.0/8"})
THROUGH_PROXY = AddressPolicy(proxy=Proxy("proxy.example", 3128))


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/",
        "https://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://134744072/",
        "http://news.example:22/",
        "http://intranet/",
        "http://printer.local/",
    ],
)
def test_a_url_that_tells_no_harm_is_left_to_the_resolver(url: str) -> None:
    assert AddressPolicy().url_refusal(url) is None


@pytest.mark.parametrize(
    "url",
    ["http://intranet/", "http://printer.local/", "http://a.internal/", "http://proxy.example/"],
)
def test_behind_a_proxy_names_of_its_own_network_are_refused(url: str) -> None:
    assert THROUGH_PROXY.url_refusal(url)
    assert THROUGH_PROXY.url_refusal("http://news.example/") is None
    everything = AllowedNetworks.from_settings({"CRAWLER_ALLOWED_NETWORKS": "0.0.0.0/0 ::/0"})
    assert AddressPolicy(everything, THROUGH_PROXY.proxy).url_refusal(url) is None


@pytest.mark.parametrize(
    "url", ["http://a@news.example/", "http://a:b@8.8.8.8/", "http://news.example\\@8.8.8.8/"]
)
def test_a_user_name_is_refused_whatever_is_allowed(url: str) -> None:
    everything = AllowedNetworks.from_settings({"CRAWLER_ALLOWED_NETWORKS": "0.0.0.0/0 ::/0"})
    assert AddressPolicy(everything).url_refusal(url) == "the URL has a user name or password"


def test_what_is_allowed_is_not_refused() -> None:
    for url in (
        "http://127.0.0.1/",
        "http://127.1/",
        "http://localhost/",
        "http://[::ffff:7f00:1]/",
    ):
        assert "CRAWLER_ALLOWED_NETWORKS" in str(AddressPolicy().url_refusal(url))
        assert AddressPolicy(LOOPBACK).url_refusal(url) is None
    assert AddressPolicy(LOOPBACK).url_refusal("http://10.0.0.1/")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://127.0.0.1:3128", "127.0.0.1", 3128),
        ("Proxy.Example:80", "proxy.example", 80),
        ("http://proxy.example", "proxy.example", 80),
        ("https://user:word@proxy.example/", "proxy.example", 443),
        ("http://[::1]:8080", "::1", 8080),
    ],
)
def test_the_place_of_a_proxy(url: str, host: str, port: int) -> None:
    assert Proxy.parse(url) == Proxy(host, port)


def test_only_the_proxy_itself_is_looked_up_as_the_proxy() -> None:
    assert THROUGH_PROXY.is_for_proxy("proxy.example", 3128)
    assert THROUGH_PROXY.is_for_proxy("proxy.example", 0)
    assert not THROUGH_PROXY.is_for_proxy("proxy.example", 80)
    assert not THROUGH_PROXY.is_for_proxy("news.example", 3128)
    assert not AddressPolicy().is_for_proxy("proxy.example", 3128)


def test_a_guard_holds_for_its_block() -> None:
    guard = AddressPolicy(LOOPBACK)
    with guarded_by(guard) as held:
        assert current_guard() is held is guard
    assert current_guard() is None


def test_a_block_in_which_nothing_is_allowed() -> None:
    with nothing_allowed(), guarded_by(AddressPolicy(LOOPBACK, THROUGH_PROXY.proxy)) as held:
        assert held == THROUGH_PROXY
    with guarded_by(AddressPolicy(LOOPBACK)) as held:
        assert held.allowed == LOOPBACK
