from __future__ import annotations

import pytest
from scrapy import Spider
from scrapy.http import HtmlResponse, Request, Response
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.downloader.cookies import COOKIES, CookieJar
from crawler.downloader.redirects import Refresh, RefreshMiddleware, read_refresh

URL = "http://site.example/news/old"
REFRESH = '<meta http-equiv="refresh" content="0; url=/neü">'
WIDE = "\U0001f600 and a long story. " * 2_000

# HTML standard, "shared declarative refresh steps".
READ = {
    "0; url=/new": Refresh(0, "/new"),
    "0;url=/new": Refresh(0, "/new"),
    "0;URL='/new'": Refresh(0, "/new"),
    '0; url="/new" and more': Refresh(0, "/new"),
    "0, url=/new": Refresh(0, "/new"),
    "0 url=/new": Refresh(0, "/new"),
    "0; /new": Refresh(0, "/new"),
    "0;/new": Refresh(0, "/new"),
    " \t0 ; URL  =  /new ": Refresh(0, "/new"),
    "0 ; \n uRl\n=\n/new": Refresh(0, "/new"),
    "3.9; url=/new": Refresh(3, "/new"),
    ".5; url=/new": Refresh(0, "/new"),
    "1.2.3; url=/new": Refresh(1, "/new"),
    "0; urlish": Refresh(0, "urlish"),
    "0; url": Refresh(0, "url"),
    "0; ur=/new": Refresh(0, "ur=/new"),
    "0; '/new'": Refresh(0, "/new"),
    "0; url='/ne\nw": Refresh(0, "/new"),
    "0; url=https://a.example/?a=1;b=2": Refresh(0, "https://a.example/?a=1;b=2"),
    "60": Refresh(60, ""),
    "60;": Refresh(60, ""),
    "60; url=": Refresh(60, ""),
    "99999999999999999999; url=/": Refresh(999999999, "/"),
    "0url=/new": None,
    "0x; url=/new": None,
    "; url=/new": None,
    "url=/new": None,
    "-1; url=/new": None,
    "": None,
    "\u0663; url=/new": None,
}


@pytest.mark.parametrize(("content", "read"), READ.items())
def test_the_spellings_of_the_standard_are_read(content: str, read: Refresh | None) -> None:
    assert read_refresh(content) == read


def asked(*, url: str = URL, **meta: object) -> Request:
    return Request(url, meta={COOKIES: CookieJar(), **meta})


def answered_with(page: str, request: Request | None = None, **fields: str) -> HtmlResponse:
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    request = request or asked()
    return HtmlResponse(request.url, body=page.encode(), headers=fields, request=request)


def seen(response: Response) -> Request | Response:
    crawler = get_crawler(Spider, {"METAREFRESH_MAXDELAY": 6})
    crawler.spider = Spider("any")
    assert response.request is not None
    return RefreshMiddleware.from_crawler(crawler).process_response(response.request, response)


def leads_to(page: str, **fields: str) -> str | None:
    found = seen(answered_with(page, **fields))
    return found.url if isinstance(found, Request) else None


def meta(content: str) -> str:
    return f'<html><head><meta http-equiv="refresh" content="{content}"></head><body><p>Text'


def test_the_setting_that_ships_is_a_few_seconds() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    assert settings.getint("METAREFRESH_MAXDELAY") == 6


@pytest.mark.parametrize("header", [{}, {"Content_Type": "text/html; charset=utf-8"}])
def test_a_page_that_refreshes_to_another_is_followed(header: dict[str, str]) -> None:
    page = f'<html><meta charset="utf-8">{REFRESH}<p>{WIDE}'

    found = seen(answered_with(page, **header))

    assert isinstance(found, Request)
    assert found.url == "http://site.example/ne%C3%BC"
    assert found.meta["redirect_urls"] == [URL]


@pytest.mark.parametrize(
    "page",
    [
        meta("60; url=http://site.example/news/old"),
        meta("0; url=http://site.example/news/old"),
        meta("0; url=old#top"),
        meta("0; url="),
        meta("30"),
        meta("6; url=/next-picture"),
        meta("600; url=/"),
        meta("0; url=javascript:location.reload()"),
        meta("0; url=data:text/html,x"),
        meta("0; url=file:///etc/passwd"),
        meta("0; url=http://"),
        meta("0; url=http://[::1"),
        f"<html><head><!-- {REFRESH} --></head><p>Text",
        f"<html><head><noscript>{REFRESH}</noscript></head><p>Text",
        f"<html><body><noscript><div>{REFRESH}</div></noscript><p>Text",
        f"<html><head><script>var a = '{REFRESH}';</script></head><p>Text",
        f"<html><head><style>/* {REFRESH} */</style></head><p>Text",
        f"<html><body><template>{REFRESH}</template><p>Text",
        f"<html><body><textarea>{REFRESH}</textarea><p>Text",
        '<html><meta name="refresh" content="0; url=/new"><p>Text',
        '<html><meta http-equiv="refresh"><p>Text',
    ],
)
def test_what_is_no_redirect_is_read_as_it_is(page: str) -> None:
    assert leads_to(page) is None


def test_entities_a_base_and_case_are_those_of_html() -> None:
    page = (
        '<HTML><HEAD><BASE HREF="http://other.example/a/">'
        "<META CONTENT='0;URL=b?x=1&amp;y=2' HTTP-EQUIV=Refresh>"
    )
    assert leads_to(page) == "http://other.example/a/b?x=1&y=2"


def test_the_first_refresh_that_is_one_counts() -> None:
    first = '<meta http-equiv="refresh" content="soon">'
    assert leads_to(first + meta("1; url=/new") + meta("1; url=/newer")) == (
        "http://site.example/new"
    )


@pytest.mark.parametrize("field", ["0; url=/new", "5;URL=/new", "0, /new", "0;url='/new'"])
def test_a_header_field_leads_on_as_well(field: str) -> None:
    assert leads_to("<p>Text", Refresh=field) == "http://site.example/new"
    bare = Response(URL, headers={"Refresh": field}, request=asked())
    found = seen(bare)
    assert isinstance(found, Request)
    assert found.url == "http://site.example/new"


@pytest.mark.parametrize(
    "field", ["60", "0; url=old", "300; url=/new", "\xff", "0; url=ftp://a.b/"]
)
def test_a_header_field_that_leads_nowhere_does_not(field: str) -> None:
    response = answered_with("<p>Text")
    response.headers["Refresh"] = field.encode("latin-1")
    assert seen(response) is response


def test_a_page_that_reloads_itself_under_other_urls_ends_as_a_page() -> None:
    reasons = ["meta refresh"] * 5
    request = asked(
        redirect_reasons=reasons, redirect_urls=["http://site.example/1"], redirect_times=5
    )
    response = answered_with(meta("0; url=/other"), request)
    assert seen(response) is response
    back = asked(redirect_urls=["http://site.example/1"], redirect_reasons=[302])
    response = answered_with(meta("0; url=/1"), back)
    assert seen(response) is response


def test_a_page_that_reloads_itself_to_see_its_cookie_is_asked_again() -> None:
    request = asked()
    request.meta[COOKIES].take(URL, [b"seen=1; Path=/"])
    found = seen(answered_with(meta("0; url="), request))
    assert found.url == URL
    assert isinstance(found, Response)  # without a URL nothing says that it should be at once
    found = seen(answered_with(meta("0; url=old"), request))
    assert isinstance(found, Request)
    request.headers["Cookie"] = "seen=1"
    assert isinstance(seen(answered_with(meta("0; url=old"), request)), Response)


@pytest.mark.parametrize("page", [f"<html><p>{WIDE}", f"<title>Refreshing</title><p>{WIDE}"])
def test_any_other_page_is_handed_on_whole_and_not_decoded(page: str) -> None:
    response = answered_with(page)

    assert seen(response) is response
    # Scrapy keeps a text with one wide character at four bytes for each, beside the body.
    assert response._cached_ubody is None


def test_what_is_no_page_has_no_refresh() -> None:
    response = Response(URL, body=b"refresh", request=asked())

    assert seen(response) is response


@pytest.mark.parametrize("body", [b"refresh", b"<refresh", b"\x00refresh\xff", b"<!--refresh"])
def test_odd_bytes_do_no_harm(body: bytes) -> None:
    response = HtmlResponse(URL, body=body, request=asked())

    assert seen(response) is response
