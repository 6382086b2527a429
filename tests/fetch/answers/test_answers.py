"""Answers that are odd or slow, through the real crawl."""

from __future__ import annotations

import gzip
import socket
from typing import TYPE_CHECKING

import pytest

from tests.fetch.answers.test_bombs import state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb


@pytest.fixture
def states(
    tmp_path: Path, run_crawler: Callable[..., Outcome], write_item: Callable[..., Path]
) -> Callable[..., dict[str, tuple[str, str]]]:
    """Crawl one item a URL; return the state and the evidence of each."""

    def crawl(urls: dict[str, str], **options: object) -> dict[str, tuple[str, str]]:
        items, output = tmp_path / "items", tmp_path / "output"
        items.mkdir()
        for name, url in urls.items():
            write_item(items, name, original_url=url)
        run_crawler("run", items, "-o", output, **options)
        return {name: state_of(output / "items" / f"{name}.md") for name in urls}

    return crawl


def test_a_body_is_asked_for_once_more_and_what_needs_none_is_not_held_to_it(
    states: Callable[..., dict[str, tuple[str, str]]],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    page = article_html()
    packed = {"Content-Encoding": "gzip"}
    urls = {name: f"http://{name}.example/" for name in ("again", "gone", "odd", "plain", "twice")}
    web.page(urls["again"], gzip.compress(page.encode())[:-9], headers=packed, times=1)
    web.page(urls["again"], gzip.compress(page.encode()), headers=packed)
    web.page(urls["gone"], gzip.compress(page.encode())[:-9], status=410, headers=packed)
    web.page(urls["odd"], page, headers={"Content-Encoding": "utf-8"})
    web.page(urls["plain"], page, headers=packed)
    twice = gzip.compress(gzip.compress(page.encode()))
    web.page(urls["twice"], twice, headers={"Content-Encoding": "gzip, gzip"})
    found = states(urls, web=web, settings={"RETRY_TIMES": 1})
    assert {name: state for name, (state, _) in found.items()} == {
        "again": "ok",
        "gone": "gone",
        "odd": "ok",
        "plain": "ok",
        "twice": "ok",
    }
    assert web.count(urls["again"]) == 2
    assert web.count(urls["gone"]) == 1


def test_a_server_that_stalls_the_handshake_of_tls_is_left_in_time(
    states: Callable[..., dict[str, tuple[str, str]]],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        settings = {"DOWNLOAD_TIMEOUT": 1, "ROBOTSTXT_OBEY": 0}
        settings["CRAWLER_ALLOWED_NETWORKS"] = "127.0.0.0/8"
        found = states({"tls": url}, settings=settings)
    assert found["tls"] == ("timeout", "no complete answer in time")


def test_a_proxy_that_stalls_a_tunnel_is_left_in_time(
    states: Callable[..., dict[str, tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        ca_file = ""

    with socket.create_server(("127.0.0.1", 0)) as silent:
        Silent.proxy_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        url = "https://news.example/"
        settings = {"DOWNLOAD_TIMEOUT": 1, "ROBOTSTXT_OBEY": 0}
        found = states({"tunnel": url}, web=Silent, settings=settings)
    assert found["tunnel"] == ("timeout", "no complete answer in time")


def test_a_chain_of_slow_redirects_has_four_time_outs_in_all(
    states: Callable[..., dict[str, tuple[str, str]]], web: LocalWeb
) -> None:
    for hop in range(9):
        target = f"http://slow.example/{hop}"
        headers = {"Location": f"http://slow.example/{hop + 1}"}
        web.page(target, status=302, headers=headers, delay=0.7)
    found = states({"slow": "http://slow.example/0"}, web=web, settings={"DOWNLOAD_TIMEOUT": 1})
    assert found["slow"][0] == "timeout"
    assert web.count("http://slow.example/8") == 0
