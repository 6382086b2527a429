from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fetch(web, url, headers=None, *, method="GET", data=None, timeout=5.0):
    """One request, through the web's proxy where the URL is not its own."""
    proxies = {} if f"//{urlsplit(web.proxy_url).netloc}/" in url else {"http": web.proxy_url}
    proxies |= {"https": web.proxy_url} if proxies else {}
    trust = ssl.create_default_context(cafile=web.ca_file)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=trust), _AsIs()
    )
    request = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        with opener.open(request, timeout=timeout) as response:
            return SimpleNamespace(
                status=response.status, headers=response.headers, body=response.read()
            )
    except HTTPError as error:
        with error:
            return SimpleNamespace(status=error.code, headers=error.headers, body=error.read())


class _AsIs(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_path_answers_over_http_and_https_on_loopback(web, scheme):
    web.page("/a?b=1", "<h1>Hé</h1>")
    url = {"http": web.url, "https": web.https_url}[scheme]("/a?b=1")
    response = fetch(web, url)
    assert (response.status, response.body.decode()) == (200, "<h1>Hé</h1>")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    (seen,) = web.requests
    assert (seen.method, seen.scheme, seen.path, seen.url) == ("GET", scheme, "/a?b=1", url)
    assert seen.status == 200
    assert seen.started <= seen.ended


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_answers_for_any_host(web, scheme):
    web.page(f"{scheme}://news.example/x", "news")
    web.page(f"{scheme}://other.example/x", "other")
    assert fetch(web, f"{scheme}://news.example/x").body == b"news"
    assert fetch(web, f"{scheme}://other.example/x").body == b"other"
    assert web.count(f"{scheme}://news.example/x") == 1
    assert [request.host for request in web.requests] == ["news.example", "other.example"]


def test_a_page_of_one_scheme_host_or_path_is_not_that_of_another(web):
    web.page("http://news.example/x", "news")
    web.page("/x", "own")
    assert fetch(web, "https://news.example/x").status == 404
    assert fetch(web, "http://other.example/x").status == 404
    assert fetch(web, "http://news.example/y").status == 404
    assert fetch(web, web.url("/x")).body == b"own"


def test_a_client_that_does_not_trust_the_authority_is_left_to_refuse(web):
    web.page("/x", "x")
    context = ssl.create_default_context()
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(web.https_url("/x"), timeout=5, context=context)
    assert fetch(web, web.https_url("/x")).status == 200


def test_one_connection_carries_several_requests(web):
    web.page("/x", "x")
    connection = http.client.HTTPConnection(urlsplit(web.proxy_url).netloc, timeout=5)
    for _ in range(3):
        connection.request("GET", "/x")
        assert connection.getresponse().read() == b"x"
    connection.close()
    assert web.count("/x") == 3


def test_answers_with_times_take_their_turn_before_the_one_that_stays(web):
    web.page("/x", "busy", status=503, headers={"Retry-After": "1"}, times=2)
    web.page("/x", "fine")
    assert [fetch(web, web.url("/x")).status for _ in range(4)] == [503, 503, 200, 200]
    web.page("/x", "new")
    assert fetch(web, web.url("/x")).body == b"new"


def test_a_redirect_names_its_location_as_given(web):
    web.redirect("/a", "/b", status=308)
    response = fetch(web, web.url("/a"))
    assert (response.status, response.headers["Location"]) == (308, "/b")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If-None-Match": '"one"'}, 304),
        ({"If-None-Match": '"two"'}, 200),
        ({"If-Modified-Since": "Mon, 04 Nov 2024 08:00:00 GMT"}, 304),
        (
            {
                "If-None-Match": '"two"',
                "If-Modified-Since": "Mon, 04 Nov 2024 08:00:00 GMT",
            },
            200,
        ),
        ({}, 200),
    ],
)
def test_a_page_with_validators_answers_conditional_requests(web, condition, status):
    validators = {"ETag": '"one"', "Last-Modified": "Mon, 04 Nov 2024 08:00:00 GMT"}
    web.page("/x", "body", headers=validators)
    response = fetch(web, web.url("/x"), condition)
    assert (response.status, response.body) == (status, b"" if status == 304 else b"body")


def test_a_delayed_page_holds_up_only_its_own_connection(web):
    web.page("/slow", "slow", delay=1.0)
    web.page("/fast", "fast")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(fetch, web, web.url("/slow"))
        while not web.count("/slow"):
            time.sleep(0.01)
        fast = fetch(web, web.url("/fast"))
        assert fast.body == b"fast"
        assert not slow.done()
        assert slow.result().body == b"slow"
    times = {request.path: request.ended - request.started for request in web.requests}
    assert times["/fast"] < 1.0 <= times["/slow"]


def test_head_and_post_are_recorded_with_their_bodies(web):
    web.page("/x", "body")
    assert fetch(web, web.url("/x"), method="HEAD").headers["Content-Length"] == "4"
    fetch(web, web.url("/x"), method="POST", data=b"sent")
    assert [(request.method, request.body) for request in web.requests] == [
        ("HEAD", b""),
        ("POST", b"sent"),
    ]


def test_forgotten_requests_do_not_count_and_answers_stay(web):
    web.page("/x", "x")
    fetch(web, web.url("/x"))
    web.forget()
    assert (web.requests, web.count("/x")) == ([], 0)
    assert fetch(web, web.url("/x")).status == 200


def test_a_raw_answer_writes_what_it_likes(web):
    web.raw("/x", lambda handler: handler.send(299, {"X-Own": "yes"}, b"raw"))
    response = fetch(web, web.url("/x"))
    assert (response.status, response.headers["X-Own"], response.body) == (299, "yes", b"raw")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", (ConnectionResetError, ssl.SSLError)),
        ("close", (http.client.RemoteDisconnected, ssl.SSLError)),
        ("truncate", http.client.IncompleteRead),
        ("stall", TimeoutError),
        ("silence", TimeoutError),
        ("garbage", http.client.BadStatusLine),
        ("endless-headers", http.client.HTTPException),
    ],
)
def test_a_fault_is_what_it_says(web, scheme, kind, error):
    web.fault("/x", kind)
    netloc = urlsplit(web.proxy_url).netloc
    timeout = 0.5 if error is TimeoutError else 10.0
    if scheme == "http":
        connection = http.client.HTTPConnection(netloc, timeout=timeout)
    else:
        trust = ssl.create_default_context(cafile=web.ca_file)
        connection = http.client.HTTPSConnection(netloc, timeout=timeout, context=trust)

    def read() -> None:
        with connection.getresponse() as response:
            response.read()

    try:
        connection.request("GET", "/x")
        with pytest.raises(error):
            read()
    finally:
        connection.close()
    assert web.count("/x") == 1


def test_clients_that_go_away_do_no_harm(web, capfd):
    web.page("/big", b"x" * 5_000_000)
    host, port = urlsplit(web.proxy_url).hostname, urlsplit(web.proxy_url).port
    for start in (b"", b"GET /b", b"\x16\x03\x01", b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection((host, port), timeout=5) as client:
            client.sendall(start)
    assert len(fetch(web, web.url("/big")).body) == 5_000_000
    assert capfd.readouterr() == ("", "")


def test_two_webs_do_not_share_answers(local_web):
    one, two = local_web(), local_web()
    one.page("/x", "one")
    assert fetch(one, one.url("/x")).status == 200
    assert fetch(two, two.url("/x")).status == 404


def test_a_closed_web_leaves_no_open_connection(local_web):
    web = local_web()
    connection = http.client.HTTPConnection(urlsplit(web.proxy_url).netloc, timeout=5)
    connection.request("GET", "/x")
    connection.getresponse().read()
    web.close()
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        connection.connect()


def test_an_article_page_says_its_metadata_in_json_ld(article_html: Callable[..., str]):
    page = article_html(
        "A </script> of <news>", paragraphs=["One & two."], authors=["Ö"], free_to_read=False
    )
    start = page.index('<script type="application/ld+json">') + 35
    data = json.loads(page[start : page.index("</script>", start)])
    assert data["headline"] == "A </script> of <news>"
    assert data["author"] == [{"@type": "Person", "name": "Ö"}]
    assert data["isAccessibleForFree"] is False
    assert "image" not in data
    assert "<p>One &amp; two.</p>" in page


def test_an_item_file_holds_its_fields(write_item, tmp_path: Path):
    path = write_item(
        tmp_path / "in",
        "2024-05-14-a",
        original_url="http://news.example/x",
        related=["http://news.example/y", {"webUrl": "http://news.example/z", "images": []}],
        heat=None,
        title='A "quoted": title',
        body="Own words.\n",
    )
    _, front, body = path.read_text().split("---\n")
    item = yaml.safe_load(front)
    assert (path.name, body) == ("2024-05-14-a.md", "Own words.\n")
    assert item["title"] == 'A "quoted": title'
    assert item["originalUrl"] == item["webUrl"] == "http://news.example/x"
    assert item["related"][0]["webUrl"] == "http://news.example/y"
    assert item["related"][1] == {"webUrl": "http://news.example/z", "images": []}
    assert "heat" not in item


def test_an_item_file_with_crlf_has_no_other_line_ends(write_item, tmp_path: Path):
    path = write_item(tmp_path, "a.md", original_url="http://a.example/", crlf=True, body="x\n")
    content = path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 5
