from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from crawler.downloader.addresses import AllowedNetworks, reached_by, refusal
from crawler.options import OptionError

# The first and the last address of a network that is refused, and those beside it that are not.
EDGES = {
    "0.0.0.0/8": "1.0.0.0",
    "10.0.0.0/8": "9.255.255.255 11.0.0.0",
    "100.64.0.0/10": "100.63.255.255 100.128.0.0",
    "127.0.0.0/8": "126.255.255.255 128.0.0.0",
    "169.254.0.0/16": "169.253.255.255 169.255.0.0",
    "172.16.0.0/12": "172.15.255.255 172.32.0.0",
    "192.0.0.0/24": "191.255.255.255 192.0.1.0",
    "192.0.2.0/24": "192.0.1.255 192.0.3.0",
    "192.88.99.0/24": "192.88.98.255 192.88.100.0",
    "192.168.0.0/16": "192.167.255.255 192.169.0.0",
    "198.18.0.0/15": "198.17.255.255 198.20.0.0",
    "198.51.100.0/24": "198.51.99.255 198.51.101.0",
    "203.0.113.0/24": "203.0.112.255 203.0.114.0",
    "224.0.0.0/3": "223.255.255.255",
    "::/16": "",
    "::ffff:127.0.0.0/104": "::ffff:126.255.255.255 ::ffff:128.0.0.0",
    "64:ff9b::10.0.0.0/104": "64:ff9b::9.255.255.255 64:ff9b::11.0.0.0",
    "64:ff9b:1::/48": "",
    "100::/64": "",
    "2001::/23": "2001:200::",
    "2001:db8::/32": "2001:db7:ffff:: 2001:db9::",
    "2002::/16": "2001:ffff:: 2003::",
    "3fff::/20": "3ffe:ffff::",
    "4000::/2": "2a00:1450:4001:81b::2004",
    "5f00::/16": "",
    "8000::/1": "",
    "fc00::/7": "",
    "fe80::/10": "",
    "fec0::/10": "",
    "ff00::/8": "",
}


@pytest.mark.parametrize("network", EDGES)
def test_a_network_that_is_not_public_is_refused_from_its_first_to_its_last_address(
    network: str,
) -> None:
    whole = ip_network(network)
    if network == "::/16":  # all of it but the mapped addresses, which are IPv4
        assert refusal(ip_address("::1:0:0:0"))
    else:
        assert refusal(whole[-1])
    assert refusal(whole[0])
    assert [beside for beside in EDGES[network].split() if refusal(ip_address(beside))] == []


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "is loopback"),
        ("::ffff:127.0.0.1", "is loopback"),
        ("::1", "is loopback"),
        ("64:ff9b::a9fe:a9fe", "is link-local"),
        ("255.255.255.255", "is reserved or broadcast"),
        ("2002:808:808::", "is 6to4"),
        ("2001:0:808:808::1", "is Teredo"),
        ("fe80::1%1", "is link-local"),
    ],
)
def test_the_reason_names_the_kind_of_address(address: str, kind: str) -> None:
    assert refusal(ip_address(address)) == kind


def test_an_address_that_carries_another_reaches_that() -> None:
    assert reached_by(ip_address("::ffff:8.8.8.8")) == ip_address("8.8.8.8")
    assert reached_by(ip_address("2002:808:808::")) == ip_address("2002:808:808::")


def test_networks_are_separated_by_commas_or_spaces() -> None:
    allowed = AllowedNetworks.from_settings(
        {"CRAWLER_ALLOWED_NETWORKS": " 127.0.0.2, 10.1.0.0/16\n::1/128 "}
    )
    inside = ("127.0.0.2", "10.1.2.3", "::1", "::ffff:10.1.0.1", "64:ff9b::10.1.0.1")
    outside = ("127.0.0.1", "10.2.0.1", "::2", "::ffff:127.0.0.1")
    assert all(ip_address(address) in allowed for address in inside)
    assert not any(ip_address(address) in allowed for address in outside)
    assert (
        AllowedNetworks.from_settings(
            {"CRAWLER_ALLOWED_NETWORKS": ["127.0.0.2", "10.1.0.0/16", "::1"]}
        )
        == allowed
    )


@pytest.mark.parametrize("nothing", ["", " , ", None, []])
def test_by_default_no_network_is_allowed(nothing: str | list[str] | None) -> None:
    assert AllowedNetworks.from_settings({"CRAWLER_ALLOWED_NETWORKS": nothing}) == AllowedNetworks()


@pytest.mark.parametrize("bad", ["127.1", "10.0.0.1/8", "localhost", "10.0.0.0/33", "1.2.3.4;::1"])
def test_what_is_no_network_is_named(bad: str) -> None:
    with pytest.raises(OptionError, match="CRAWLER_ALLOWED_NETWORKS: "):
        AllowedNetworks.from_settings({"CRAWLER_ALLOWED_NETWORKS": f"127.0.0.0/8 {bad}"})


def test_everything_is_all_of_both_families() -> None:
    assert AllowedNetworks.from_settings(
        {"CRAWLER_ALLOWED_NETWORKS": "0.0.0.0/0 ::/0"}
    ).has_everything
    assert not AllowedNetworks.from_settings(
        {"CRAWLER_ALLOWED_NETWORKS": "0.0.0.0/0"}
    ).has_everything
