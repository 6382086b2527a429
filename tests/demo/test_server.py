from __future__ import annotations

import http.client
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from crawler.demo.web import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

GAZETTE = "http://www.harbour-gazette.example"
FIELD_NOTES = "http://news.fieldnotes.example"


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with serve() as url:
        yield url


def fetch(proxy: str, url: str, headers: dict[str, str] | None = None, method: str = "GET"):
    connection = http.client.HTTPConnection(urlsplit(proxy).netloc, timeout=5)
    try:
        connection.request(method, url, headers=headers or {})
        response = connection.getresponse()
        return SimpleNamespace(
            status=response.status, headers=response.headers, body=response.read()
        )
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("url", "status", "content_type"),
    [
        (f"{GAZETTE}/2024/09/ferry-winter-timetable.html", 200, "text/html; charset=utf-8"),
        (f"{GAZETTE}/2023/08/lighthouse-open-day.html", 410, "text/html; charset=utf-8"),
        (f"{GAZETTE}/documents/harbour-dues-2025.pdf", 200, "application/pdf"),
        (f"{GAZETTE}/images/ferry-at-slip.png", 200, "image/png"),
        (f"{FIELD_NOTES}/schools/bicycle-wheel-tide-gauge.html", 404, "text/html; charset=utf-8"),
        (f"{FIELD_NOTES}/amp/bicycle-wheel-tide-gauge.html", 200, "text/html; charset=utf-8"),
        ("http://live.tidewatch.example/soundings/", 200, "text/html; charset=utf-8"),
        ("http://live.tidewatch.example/soundings/?from=mail", 200, "text/html; charset=utf-8"),
        ("http://nobody.example", 404, "text/html; charset=utf-8"),
        ("http://nobody.example/../pages.py", 404, "text/html; charset=utf-8"),
    ],
)
def test_a_url_answers_with_its_status_and_type(proxy, url, status, content_type):
    response = fetch(proxy, url)
    assert (response.status, response.headers["Content-Type"]) == (status, content_type)


def test_a_url_that_cannot_be_read_is_a_bad_request(proxy):
    assert fetch(proxy, "http://[nobody/", {"Host": "nobody.example"}).status == 400


def test_the_old_ferry_page_moved_for_good_to_the_new_one(proxy):
    response = fetch(proxy, f"{GAZETTE}/news/ferry-timetable")
    assert response.status == 301
    assert response.headers["Location"] == f"{GAZETTE}/2024/09/ferry-winter-timetable.html"
    assert fetch(proxy, response.headers["Location"]).status == 200


def test_the_slow_page_takes_two_seconds(proxy):
    started = time.monotonic()
    response = fetch(proxy, f"{FIELD_NOTES}/home-energy/heat-pump-terrace-trial.html")
    assert response.status == 200
    assert 2.0 <= time.monotonic() - started < 4.0


def test_every_host_has_a_robots_txt_that_allows_unless_it_brings_its_own(proxy):
    assert b"Disallow: /subscribers/" in fetch(proxy, f"{GAZETTE}/robots.txt").body
    other = fetch(proxy, "http://reefwatch.example/robots.txt")
    assert (other.status, other.body) == (200, b"User-agent: *\nAllow: /\n")


ETAG = "the page's"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-None-Match", ETAG, 304),
        ("If-None-Match", f'"other", W/{ETAG}', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", "Mon, 04 Nov 2024 08:00:00 GMT", 304),
        ("If-Modified-Since", "Mon, 04 Nov 2024 07:59:59 GMT", 200),
        ("If-Modified-Since", "no date", 200),
        ("If-Modified-Since", "Mon, 04 Nov 2024 08:00:00 -0000", 304),
    ],
)
def test_a_conditional_request_gets_the_page_only_when_it_is_new(proxy, name, value, status):
    url = f"{GAZETTE}/2024/10/chess-club-fish-market.html"
    first = fetch(proxy, url)
    assert first.headers["Last-Modified"] == "Mon, 04 Nov 2024 08:00:00 GMT"
    again = fetch(proxy, url, {name: value.replace(ETAG, first.headers["ETag"])})
    assert (again.status, again.body) == (status, b"" if status == 304 else first.body)
    assert again.headers["ETag"] == first.headers["ETag"]


def test_an_entity_tag_does_not_mend_a_page_that_is_gone(proxy):
    url = f"{GAZETTE}/2023/08/lighthouse-open-day.html"
    response = fetch(proxy, url, {"If-None-Match": "*"})
    assert response.status == 410
    assert "ETag" not in response.headers


def test_head_gives_the_header_alone(proxy):
    url = f"{GAZETTE}/2024/10/chess-club-fish-market.html"
    response = fetch(proxy, url, method="HEAD")
    assert int(response.headers["Content-Length"]) == len(fetch(proxy, url).body)
    assert response.body == b""


def test_a_path_with_a_host_header_finds_the_same_page(proxy):
    response = fetch(proxy, "/soundings/", {"Host": "live.tidewatch.example:80"})
    assert b"Soundings" in response.body


def test_serving_ends_while_a_client_is_still_connected(capfd):
    with serve() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
        connection.request("GET", "http://reefwatch.example/")
        connection.getresponse().read()
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        fetch(url, "http://reefwatch.example/")
    assert capfd.readouterr() == ("", "")
