"""What a proxy answers in the place of sites is its own fault, and says nothing of them."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest
import yaml

from crawler.downloader.proxies import Proxies, ProxyDoubtError, ProxyFailedError, unusable_proxy
from crawler.downloader.robots.known import Fetched, KnownRobots
from tests.downloader.robots.web_memory import RobotsMemory
from tests.web.closed_port import closed_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS, OTHER = "http://news.example/a", "https://other.example/b"
WANTS_A_PASSWORD = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
    b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
)
OUT_OF_ORDER = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def crawl(
    web: LocalWeb,
    tmp_path: Path,
    run_crawler: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Outcome]:
    def run(proxy: str | None = None) -> Outcome:
        with monkeypatch.context() as patched:
            if proxy is not None:
                patched.setattr(type(web), "proxy_url", proxy)
            words = ("run", tmp_path / "items", "-o", tmp_path / "output", "--json")
            contact = {"CRAWLER_CONTACT": "crawler@courier.example"}
            return run_crawler(*words, web=web, settings=contact, seconds=200)

    return run


def remembered(tmp_path: Path) -> list[int]:
    """How many rows there are about robots.txt files and pauses."""
    (ledger,) = (tmp_path / "output").rglob("*.sqlite*")
    with sqlite3.connect(ledger) as rows:
        return [
            rows.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("robots", "pause")
        ]


def by_the_proxy(web: LocalWeb, status: int, mark: str) -> None:
    for url in (NEWS, "http://news.example/robots.txt"):
        web.page(url, "<h1>Error</h1>", status=status, headers={mark: "1.1 gate"}, times=1)


@pytest.mark.parametrize(
    ("url", "tunnel", "status", "mark"),
    [
        (OTHER, WANTS_A_PASSWORD, 0, ""),
        (OTHER, OUT_OF_ORDER, 0, ""),
        (NEWS, b"", 407, "Proxy-Authenticate"),
        (NEWS, b"", 502, "Via"),
        (NEWS, b"", 504, "Proxy-Connection"),
    ],
    ids=["407 to CONNECT", "503 to CONNECT", "407", "502 with Via", "504 with Proxy-Connection"],
)
def test_a_proxy_that_fails_ends_the_run_and_nothing_is_remembered_of_sites(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    url: str,
    tunnel: bytes,
    status: int,
    mark: str,
) -> None:
    write_item(tmp_path / "items", "a", original_url=url)
    if tunnel:
        web.tunnels["*"] = tunnel
    else:
        by_the_proxy(web, status, mark)
    done = crawl()
    assert done.code == 2, done.stderr
    assert "the proxy 127.0.0.1:" in done.stderr
    assert not list((tmp_path / "output").rglob("*.md"))
    assert remembered(tmp_path) == [0, 0]

    web.tunnels.clear()  # it is mended
    web.page(url.rpartition("/")[0] + "/robots.txt", "User-agent: *\nDisallow: /")
    web.page(url, article_html())
    done = crawl()
    assert done.json["sources"]["visited"] == {"robots": 1}, done.stderr


def test_a_site_out_of_the_reach_of_a_proxy_that_works_is_a_network_error(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    write_item(tmp_path / "items", "far", original_url="https://far.example/a")
    write_item(tmp_path / "items", "near", original_url=NEWS)
    web.tunnels["far.example"] = OUT_OF_ORDER
    web.page(NEWS, article_html())
    done = crawl()
    assert done.code == 0
    assert done.json["sources"]["visited"] == {"ok": 1, "network-error": 1}
    text = (tmp_path / "output" / "items" / "far.md").read_text()
    source = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
    assert source["detail"].endswith("answers HTTP 503")
    assert remembered(tmp_path) == [1, 0]  # of the other site


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://127.0.0.1:{port}", "refuses connections"),
        ("http://proxy.invalid:3128", "the proxy proxy.invalid:3128 cannot be looked up"),
        ("socks5://127.0.0.1:1080", "SOCKS proxies are not supported"),
        ("https://127.0.0.1:1080", "has to be asked by http"),
    ],
)
def test_a_proxy_that_is_not_there_ends_the_run(
    crawl: Callable[..., Outcome],
    tmp_path: Path,
    write_item: Callable[..., Path],
    proxy: str,
    told: str,
) -> None:
    write_item(tmp_path / "items", "a", original_url=OTHER)
    done = crawl(proxy.format(port=closed_port()))
    assert done.code == 2, done.stderr
    assert told in done.stderr
    assert remembered(tmp_path) == [0, 0]


def test_the_password_of_a_proxy_is_never_told(
    crawl: Callable[..., Outcome], web: LocalWeb, tmp_path: Path, write_item: Callable[..., Path]
) -> None:
    write_item(tmp_path / "items", "a", original_url=OTHER)
    web.tunnels["*"] = WANTS_A_PASSWORD
    done = crawl(web.proxy_url.replace("http://", "http://me:secret@"))
    assert done.code == 2
    assert "secret" not in done.stderr


def test_a_socks_proxy_for_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert unusable_proxy() is None
    monkeypatch.setenv("all_proxy", "SOCKS5h://127.0.0.1:9050")
    assert "SOCKS" in str(unusable_proxy())


def test_a_proxy_that_answers_for_many_sites_in_a_row_has_failed() -> None:
    proxies = Proxies()
    for number in range(49):
        assert isinstance(proxies.doubt(f"s{number}", "it answers HTTP 503"), ProxyDoubtError)
    assert isinstance(proxies.doubt("s48", "again"), ProxyDoubtError)
    assert isinstance(proxies.doubt("s49", "again"), ProxyFailedError)


def test_a_proxy_that_works_again_is_believed() -> None:
    proxies = Proxies()
    for number in range(90):
        assert isinstance(proxies.doubt(f"s{number}", "it answers HTTP 503"), ProxyDoubtError)
        proxies.worked()
    assert proxies.failure is None


@pytest.mark.parametrize(("is_sure", "kept"), [(True, 1), (False, 0)])
def test_an_answer_that_may_be_a_proxys_is_not_remembered_as_a_robots_txt(
    *, is_sure: bool, kept: int
) -> None:
    memory = RobotsMemory()

    async def fetch(_: str, __: object) -> Fetched:
        return Fetched(503, is_sure=is_sure)

    asyncio.run(KnownRobots(fetch, "bot", memory=lambda: memory).of("http://news.example:80"))
    assert len(memory.answers) == kept
