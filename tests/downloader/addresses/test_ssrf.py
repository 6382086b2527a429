"""Whatever the way to an address that is not public, nothing connects to it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.downloader.addresses.bait import Bait
from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.downloader.addresses.conftest import Attack
    from tests.web.local_web import LocalWeb

STATUSES = (301, 302, 303, 307, 308)
OTHER_SCHEMES = ("file:///etc/hosts", "data:text/html,x", "ftp://127.0.0.1/", "s3://bucket/x")


def states(entries: dict[str, dict[str, object]]) -> dict[str, object]:
    return {url: entry["state"] for url, entry in entries.items()}


def all_blocked(urls: list[str]) -> dict[str, str]:
    return dict.fromkeys(urls, "blocked-address")


def test_an_item_that_names_such_an_address_in_any_spelling(
    attack: Attack, bait: Bait, spellings: list[str]
) -> None:
    urls = [spelling.format(port=bait.port) for spelling in spellings]
    assert len(urls) >= 80
    assert states(attack.crawl(urls)) == all_blocked(urls)
    assert bait.connections() == 0


def test_a_redirect_to_one(
    attack: Attack, bait: Bait, site: LocalWeb, spellings: list[str], redirect_targets: list[str]
) -> None:
    targets = [target.format(port=bait.port) for target in (*redirect_targets, *spellings)]
    for number, target in enumerate(targets):
        location = target.encode().decode("latin-1")  # raw UTF-8, as servers send it
        site.redirect(f"/{number}", location, status=STATUSES[number % len(STATUSES)])
    urls = [site.url(f"/{number}") for number in range(len(targets))]
    assert states(attack.crawl(urls)) == all_blocked(urls)
    assert sum(site.count(f"/{number}") for number in range(len(targets))) == len(targets)
    assert bait.connections() == 0


def test_a_meta_refresh_to_one(
    attack: Attack, bait: Bait, site: LocalWeb, spellings: list[str]
) -> None:
    targets = [spelling.format(port=bait.port) for spelling in spellings[::3]]
    for number, target in enumerate(targets):
        site.page(f"/{number}", f'<meta http-equiv="refresh" content="0; url={target}">')
    urls = [site.url(f"/{number}") for number in range(len(targets))]
    assert states(attack.crawl(urls)) == all_blocked(urls)
    assert bait.connections() == 0


def test_a_chain_of_redirects_to_one(attack: Attack, bait: Bait, site: LocalWeb) -> None:
    site.redirect("/a", site.url("/b"), status=307)
    site.page("/b", f'<meta http-equiv="refresh" content="0; url={site.url("/c")}">')
    site.redirect("/c", f"http://127.0.0.1:{bait.port}/", status=308)
    url = site.url("/a")
    assert states(attack.crawl([url])) == all_blocked([url])
    assert site.count("/c") == 1
    assert bait.connections() == 0


def test_a_redirect_to_another_scheme_is_not_followed(
    attack: Attack, bait: Bait, site: LocalWeb
) -> None:
    for number, target in enumerate(OTHER_SCHEMES):
        site.redirect(f"/{number}", target)
    urls = [site.url(f"/{number}") for number in range(len(OTHER_SCHEMES))]
    assert states(attack.crawl(urls)) == dict.fromkeys(urls, "network-error")
    assert bait.connections() == 0


def test_a_robots_txt_that_redirects_to_one(
    attack: Attack, bait: Bait, site: LocalWeb, article_html: Callable[..., str]
) -> None:
    site.redirect("/robots.txt", f"http://127.0.0.1:{bait.port}/robots.txt")
    site.page("/a", article_html())
    attack.crawl([site.url("/a")])
    assert site.count("/robots.txt") == 1
    assert bait.connections() == 0


def test_host_names_that_resolve_to_one(attack: Attack, bait: Bait) -> None:
    addresses = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "0.0.0.0", "10.0.0.1"]
    addresses += [
        "169.254.169.254",
        "fd00::1",
        "fe80::1",
        "100.64.0.1",
        "224.0.0.1",
        "2002:7f00:1::",
    ]
    attack.resolve({f"h{number}.example": [[a]] for number, a in enumerate(addresses)})
    urls = [f"http://h{number}.example:{bait.port}/" for number in range(len(addresses))]
    urls += [url.replace("http:", "https:") for url in urls]
    found = attack.crawl(urls)
    assert states(found) == all_blocked(urls)
    assert found[urls[0]]["detail"] == (
        "h0.example: 127.0.0.1 is loopback (CRAWLER_ALLOWED_NETWORKS can allow it)"
    )
    assert bait.connections() == 0


def test_a_host_name_that_changes_its_address_after_the_first_request(
    attack: Attack, site: LocalWeb
) -> None:
    attack.resolve({"rebinding.example": [["127.0.0.2"], ["127.0.0.1"]]})
    port = urlsplit(site.url("/")).port
    assert port is not None
    url = f"http://rebinding.example:{port}/a"
    site.page("/robots.txt", status=404, headers={"Connection": "close"})
    with closing(Bait(("127.0.0.1",), port)) as bait:
        assert states(attack.crawl([url])) == all_blocked([url])
        assert bait.connections() == 0
    assert [request.path for request in site.requests] == ["/robots.txt"]


def test_of_a_host_with_both_kinds_of_addresses_only_the_good_ones_are_asked(
    attack: Attack, site: LocalWeb
) -> None:
    port = urlsplit(site.url("/")).port
    assert port is not None
    attack.resolve({"both.example": [["127.0.0.1", "10.0.0.1", "127.0.0.2", "127.0.0.3"]]})
    url = f"http://both.example:{port}/a"
    with closing(Bait(("127.0.0.1", "127.0.0.3", "::1"), port)) as bait:
        assert states(attack.crawl([url])) == {url: "not-found"}
        assert bait.connections() == 0


def test_a_host_that_does_not_exist_is_told_from_one_that_cannot_be_looked_up(
    attack: Attack, site: LocalWeb
) -> None:
    attack.resolve({"later.example": [["AGAIN"]], "slow.example": [["SLOW", "127.0.0.2"]]})
    attack.settings["DNS_TIMEOUT"] = 0.2
    gone, later = "http://gone.example/", "http://later.example/"
    slow = site.url("/").replace("127.0.0.2", "slow.example")
    found = attack.crawl([gone, later, slow])
    assert states(found) == {gone: "no-such-host", later: "network-error", slow: "network-error"}
    assert site.requests == []
    assert found[gone]["detail"] == "the host name does not exist"


def test_every_source_of_a_host_that_does_not_exist_is_lost_at_once(attack: Attack) -> None:
    attack.resolve({})
    attack.settings |= {"RETRY_TIMES": 2, "CRAWLER_BACKOFF_SECONDS": 60}
    urls = [f"http://gone.example/{number}" for number in range(12)]
    assert states(attack.crawl(urls)) == dict.fromkeys(urls, "no-such-host")


@pytest.mark.parametrize("no_proxy", ["", "*"])
def test_with_a_proxy(
    attack: Attack, bait: Bait, web: LocalWeb, spellings: list[str], no_proxy: str
) -> None:
    attack.env |= environment(web) | {"no_proxy": no_proxy}
    urls = [spelling.format(port=bait.port) for spelling in spellings]
    assert states(attack.crawl(urls)) == all_blocked(urls)
    assert web.requests == []
    assert bait.connections() == 0


def test_the_proxy_is_reached_but_not_what_is_at_its_own_address(
    attack: Attack, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    attack.env |= environment(web)
    good = ["http://news.example/a", "https://news.example/a"]
    for url in good:
        web.page(url, article_html())
    own = [web.url("/a"), web.https_url("/a"), web.url("/b").replace("127.0.0.1", "127.1")]
    names = ["http://intranet/a", "https://printer.local/", "http://metadata.google.internal/"]
    web.redirect("http://news.example/r", web.url("/c"))
    bounced = "http://news.example/r"
    found = states(attack.crawl([*good, *own, *names, bounced]))
    assert found == dict.fromkeys(good, "ok") | all_blocked([*own, *names, bounced])
    assert {request.host for request in web.requests} == {"news.example"}


def test_a_proxy_with_a_name_on_loopback_is_reached(
    attack: Attack, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    port = urlsplit(web.proxy_url).port
    named = f"http://proxy.example:{port}"
    attack.resolve({"proxy.example": [["127.0.0.1"]]})
    attack.env |= environment(web) | {"http_proxy": named, "https_proxy": named}
    good = ["http://news.example/a", "https://news.example/a"]
    for url in good:
        web.page(url, article_html())
    own = f"{named}/a"
    assert states(attack.crawl([*good, own])) == dict.fromkeys(good, "ok") | all_blocked([own])
    assert {request.host for request in web.requests} == {"news.example"}


def test_a_connection_to_the_proxy_that_has_ended_is_made_again(
    attack: Attack, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    attack.env |= environment(web)
    url = "http://news.example/a"
    web.fault(url, "close", times=1)  # after robots.txt, on the connection that is kept alive
    web.page(url, article_html())
    assert states(attack.crawl([url])) == {url: "ok"}


def test_an_allowed_network_is_reached(
    attack: Attack, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    attack.settings["CRAWLER_ALLOWED_NETWORKS"] = "10.0.0.0/8, 127.0.0.0/8"
    web.page("/a", article_html())
    port = urlsplit(web.url("/")).port
    urls = [web.url("/a"), f"http://localhost:{port}/a", f"http://127.1:{port}/a"]
    found = states(attack.crawl(urls))
    assert found[urls[0]] == "ok"
    assert "blocked-address" not in found.values()


def test_the_environment_can_name_the_allowed_networks(attack: Attack, web: LocalWeb) -> None:
    attack.settings.clear()
    attack.env["CRAWLER_ALLOWED_NETWORKS"] = "127.0.0.1"
    assert states(attack.crawl([web.url("/a")])) == {web.url("/a"): "not-found"}


def test_an_allowed_network_that_is_none_is_named_before_anything_starts(
    attack: Attack, web: LocalWeb
) -> None:
    attack.settings["CRAWLER_ALLOWED_NETWORKS"] = "127.0.0.1/33"
    (attack.folder / "items").mkdir()
    done = attack.run()
    assert done.returncode == 2
    assert "CRAWLER_ALLOWED_NETWORKS: '127.0.0.1/33' does not appear to be" in done.stderr
    assert not (attack.folder / "output").exists()
