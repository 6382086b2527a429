"""Answers that are odd or slow, through the real crawl."""

from __future__ import annotations

import gzip
import socket
from typing import TYPE_CHECKING

import pytest

from tests.downloader.answers.test_bombs import state_of

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
    for attempt in range(9):
        target = f"http://slow.example/{attempt}"
        headers = {"Location": f"http://slow.example/{attempt + 1}"}
        web.page(target, status=302, headers=headers, delay=0.7)
    found = states({"slow": "http://slow.example/0"}, web=web, settings={"DOWNLOAD_TIMEOUT": 1})
    assert found["slow"][0] == "timeout"
    assert web.count("http://slow.example/8") == 0


HTML = b"Content-Type: text/html\r\n"
ODD_HEADS = {
    "long-line": HTML + b"Content-Security-Policy: " + b"img-src x; " * 18_000 + b"\r\n",
    "bytes": HTML
    + b"X-City: M\xfcnchen\r\nSet-Cookie: \xff=\xfe\r\nServer: \x80\r\nLink: <\xe9>\r\n"
    b'ETag: "\xe9"\r\nLast-Modified: \xff\r\nContent-Language: \xfc\r\nX-Robots-Tag: \xfc\r\n'
    b"Retry-After: \xff\r\nLocation: \xff\r\nRefresh: \xff\r\nContent-Disposition: \xff; \xe9\r\n"
    b"Cache-Control: \xff\r\nDate: \xff\r\nContent-Encoding: \xff\r\ntdm-policy: \xff\r\n",
    "type-bytes": b"Content-Type: text/html; charset=M\xfcnchen\r\n",
    "no-name": HTML + b"\xe2\x80\x98X\xe2\x80\x99: *\r\nX Y: z\r\n: x\r\n",
    "no-semicolon": b"Content-Type: text/html charset=utf-8\r\n",
    "two-types": b"Content-Type: text/plain\r\nContent-Type: text/html\r\n",
    "no-type": b"",
    "identity": HTML + b"Transfer-Encoding: identity\r\n",
    "not-chunked": HTML + b"Transfer-Encoding: chunked\r\n",
    "no-length": HTML + b"Content-Length: unknown\r\n",
    "not-packed": HTML + b"Content-Encoding: br\r\n",
    "unknown-coding": HTML + b"Content-Encoding: none, x-unknown;q=1\r\n",
}
ODD_STARTS = {
    "no-phrase": b"HTTP/1.1 200\r\n",
    "no-status": b"HTTP/1.1 OK\r\n",
    "two-blanks": b"HTTP/1.1  200  OK\r\n",
    "empty-lines": b"\r\n\r\nHTTP/1.0 200 OK\r\n",
}
CHUNKS = HTML + b"Transfer-Encoding: Chunked\r\n"
ODD_BODIES = {
    "padded": (CHUNKS, lambda page: b"%x   \r\n%s\r\n0 \r\n\r\n" % (len(page), page)),
    "bare-lines": (CHUNKS, lambda page: b"%x\n%s\n0\n\n" % (len(page), page)),
    "no-last-line": (CHUNKS, lambda page: b"%x;\xff\r\n%s\r\n0\r\n" % (len(page), page)),
    "other-coding": (HTML + b"Content-Encoding: br\r\n", gzip.compress),
    "coding-and-text": (HTML + b"Content-Encoding: gzip, utf-8\r\n", gzip.compress),
    "no-coding": (HTML, gzip.compress),
    "coded-on-the-way": (HTML + b"Transfer-Encoding: gzip\r\n", gzip.compress),
}


def test_what_browsers_show_is_read_also_where_robots_txt_comes_so(
    states: Callable[..., dict[str, tuple[str, str]]],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    start = b"HTTP/1.1 200 OK\r\n"
    answers = {
        **{name: (start + head, bytes) for name, head in ODD_HEADS.items()},
        **{name: (line + HTML, bytes) for name, line in ODD_STARTS.items()},
        **{name: (start + head, pack) for name, (head, pack) in ODD_BODIES.items()},
    }
    page = article_html().encode()
    robots = b"User-agent: *\nDisallow: /hidden/\n# Allow: the rest of it all\n"
    urls = {}
    for name, (head, pack) in answers.items():
        for path, body in (("/a", page), ("/robots.txt", robots)):
            raw = head + b"Connection: close\r\n\r\n" + pack(body)

            def send(handler, raw=raw) -> None:
                handler.close_connection = True
                handler.wfile.write(raw)

            web.raw(f"http://{name}.example{path}", send)
        urls |= {name: f"http://{name}.example/a", f"{name}-x": f"http://{name}.example/hidden/a"}
    found = states(urls, web=web)
    expected = {name: "robots" if name.endswith("-x") else "ok" for name in urls}
    assert {name: state for name, (state, _) in found.items()} == expected


def test_a_part_that_nobody_has_asked_for_is_no_article(
    states: Callable[..., dict[str, tuple[str, str]]],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    page = article_html().encode()
    size, half = len(page), len(page) // 2
    parts = {
        "half": (page[:half], f"bytes 0-{half - 1}/{size}", "network-error"),
        "end": (page[half:], f"bytes {half}-{size - 1}/{size}", "network-error"),
        "open-end": (page, f"bytes 0-{size - 1}/*", "network-error"),
        "less-than-said": (page[:half], f"bytes 0-{size - 1}/{size}", "network-error"),
        "nonsense": (page, "\xff", "network-error"),
        "half-and-nothing-said": (page[:half], None, "network-error"),
        "whole": (page, f"bytes 0-{size - 1}/{size}", "ok"),
        "whole-and-nothing-said": (page, None, "ok"),
    }
    for name, (body, told, _) in parts.items():
        headers = {} if told is None else {"Content-Range": told}
        web.page(f"http://{name}.example/", body, status=206, headers=headers)
    web.page("http://robots.example/robots.txt", "User-agent", status=206)
    urls = {name: f"http://{name}.example/" for name in (*parts, "robots")}
    found = states(urls, web=web)
    expected = {name: state for name, (_, _, state) in parts.items()} | {"robots": "robots"}
    assert {name: state for name, (state, _) in found.items()} == expected
    assert "a part that nobody asked for" in found["half"][1]


def test_odd_statuses_have_their_states(
    states: Callable[..., dict[str, tuple[str, str]]], web: LocalWeb
) -> None:
    for status in (999, 600):
        web.page(f"http://s{status}.example/", "<p>Request denied</p>", status=status)
    found = states({f"s{status}": f"http://s{status}.example/" for status in (999, 600)}, web=web)
    assert {name: state for name, (state, _) in found.items()} == {
        "s999": "blocked",
        "s600": "server-error",
    }
