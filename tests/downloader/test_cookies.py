from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawler.downloader.cookies import COOKIES, CookieJar, VisitCookiesMiddleware, has_new_cookies

URL = "https://www.news.example/2024/story"


def sent(*fields: bytes | str, to: str = URL, by: str = URL) -> str | None:
    """The Cookie field of a request after such an answer."""
    jar = CookieJar()
    raw = [field.encode("latin-1") if isinstance(field, str) else field for field in fields]
    jar.take(by, raw)
    field = jar.field(to)
    return None if field is None else field.decode("latin-1")


KEPT = {
    "seen=1": "seen=1",
    "seen=1; Path=/": "seen=1",
    " seen = 1 ; path=/": "seen=1",
    'seen="a b"; HttpOnly; SameSite=Lax': 'seen="a b"',
    "seen=a=b==": "seen=a=b==",
    "seen=": "seen=",
    "=1": "1",
    "bare": "bare",
    "seen=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT": "seen=1",
    "seen=1; Max-Age=soon": "seen=1",
    "seen=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT": "seen=1",
    "seen=1; Expires=never": "seen=1",
    "seen=1; Expires=Thu, 99-Foo-0000 99:99:99": "seen=1",
    "seen=1; Version=1; Comment=x; Priority=High; Partitioned": "seen=1",
    "seen=1; Domain=news.example": "seen=1",
    "seen=1; Domain=.NEWS.example": "seen=1",
    "seen=1; Domain=": "seen=1",
    "seen=1; Domain=www.news.example; Secure": "seen=1",
    "seen=1; Path=nowhere": "seen=1",
    "seen=1; Path=/2024": "seen=1",
    "seen=\xe4\xff": "seen=\xe4\xff",
    "se\u00a0en=1": "se\u00a0en=1",
}
DROPPED = [
    "",
    ";;;",
    "=",
    "seen=1; Domain=example",
    "seen=1; Domain=other.example",
    "seen=1; Domain=ews.example",
    "seen=1; Domain=sub.www.news.example",
    "seen=1; Path=/2024/other",
    "seen=1; Path=/20",
    "seen=1; Max-Age=0",
    "seen=1; Max-Age=-99999999999999999999",
    "seen=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "seen=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
    "se\x00en=1",
    "seen=1\r\nX: y",
    f"seen={'x' * 5000}",
]


@pytest.mark.parametrize(("field", "back"), KEPT.items())
def test_a_cookie_is_sent_back_as_it_came(field: str, back: str) -> None:
    assert sent(field) == back


@pytest.mark.parametrize("field", DROPPED)
def test_what_is_no_cookie_for_a_request_is_not_sent(field: str) -> None:
    assert sent(field) is None


def test_a_cookie_goes_to_its_own_site_alone() -> None:
    assert sent("a=1; Domain=news.example", to="https://m.news.example/") is None  # of /2024
    wide = "a=1; Domain=news.example; Path=/"
    assert sent(wide, to="https://m.news.example/") == "a=1"
    assert sent(wide, to="https://news.example/") == "a=1"
    assert sent(wide, to="https://news.example.evil.example/") is None
    assert sent(wide, to="https://evilnews.example/") is None
    assert sent("a=1; Path=/", to="https://m.news.example/") is None
    assert sent("a=1; Domain=co.uk", by="https://bbc.co.uk/", to="https://itv.co.uk/") is None
    assert sent("a=1; Domain=0.0.1", by="http://127.0.0.1/", to="http://127.0.0.1/") is None
    assert sent("a=1", by="http://127.0.0.1/", to="http://127.0.0.1:8080/") == "a=1"


def test_a_secure_cookie_goes_by_tls_alone() -> None:
    assert sent("a=1; Secure; Path=/", to="http://www.news.example/") is None
    assert sent("a=1; Secure", by="http://www.news.example/") is None


def test_the_last_word_counts_and_longer_paths_go_first() -> None:
    assert sent("a=1", "a=2", "b=3; Path=/") == "a=2; b=3"
    assert sent("b=3; Path=/", "a=2") == "a=2; b=3"
    assert sent("a=1", "a=; Max-Age=0") is None


def test_a_jar_is_bounded_in_number_and_size() -> None:
    jar = CookieJar()
    for _ in range(3):
        jar.take(URL, [b"c%d=%s" % (number, b"x" * 1000) for number in range(200)])
    field = jar.field(URL)
    assert field is not None
    assert len(field) <= 8192
    jar.take(URL, [b"n%d=1" % number for number in range(10**5)])
    assert len(jar._cookies) <= 50


@settings(deadline=None)  # the list of public suffixes takes its time, once
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_no_bytes_raise(fields: list[bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jar = CookieJar()
        jar.take(URL, fields)
        back = jar.field(URL)
    assert back is None or not any(byte in back for byte in b"\r\n\x00")


@settings(deadline=None)  # the list of public suffixes takes its time, once
@given(
    st.sampled_from(["domain", "path", "expires", "max-age", "secure"]),
    st.text(st.characters(max_codepoint=255), max_size=60),
)
def test_no_attribute_raises(name: str, value: str) -> None:
    sent(f"a=1; {name}={value}")


@pytest.mark.parametrize("url", ["http://[::1", "http://", "x", "http://\u0130.example/"])
def test_no_url_raises(url: str) -> None:
    assert sent("a=1; Path=/", to=url) is None
    sent("a=1; Path=/", by=url)


def middleware(**settings: object) -> VisitCookiesMiddleware:
    wanted = {"CRAWLER_COOKIES": True, "COOKIES_ENABLED": False, **settings}
    return VisitCookiesMiddleware.from_crawler(get_crawler(None, wanted))


def test_one_visit_knows_nothing_of_another() -> None:
    cookies = middleware()
    first, second = Request(URL), Request(URL)
    cookies.process_request(first)
    cookies.process_response(first, Response(URL, headers={"Set-Cookie": "a=1"}))
    assert has_new_cookies(first)
    following = first.replace(url=URL + "/more")
    for request in (following, second):
        cookies.process_request(request)
    assert "Cookie" not in second.headers
    cookies.process_response(first, Response(URL, headers={"Set-Cookie": "a=2; Path=/"}))
    again = first.replace()
    cookies.process_request(again)
    assert again.headers["Cookie"] == b"a=1; a=2"
    assert not has_new_cookies(again)


def test_a_cookie_that_somebody_has_set_stays() -> None:
    request = Request(URL, headers={"Cookie": "own=1"}, meta={COOKIES: CookieJar()})
    request.meta[COOKIES].take(URL, [b"a=1"])
    middleware().process_request(request)
    assert request.headers.getlist("Cookie") == [b"own=1"]


@pytest.mark.parametrize("given_settings", [{"CRAWLER_COOKIES": False}, {"COOKIES_ENABLED": True}])
def test_it_is_off_where_it_is_not_wanted(given_settings: dict[str, bool]) -> None:
    with pytest.raises(NotConfigured):
        middleware(**given_settings)
