from __future__ import annotations

import pytest
from scrapy import Spider
from scrapy.http import HtmlResponse, Request, Response
from scrapy.utils.test import get_crawler

from crawler.fetch.meta_refresh import LazyMetaRefreshMiddleware

ASKED = Request("http://site.example/old")
REFRESH = '<meta http-equiv="refresh" content="0; url=/neü">'
WIDE = "\U0001f600 and a long story. " * 2_000


def answered_with(page: str, **header: str) -> HtmlResponse:
    return HtmlResponse(ASKED.url, body=page.encode(), headers=header, request=ASKED)


def seen(response: Response) -> Request | Response:
    crawler = get_crawler(Spider)
    crawler.spider = Spider("any")
    return LazyMetaRefreshMiddleware.from_crawler(crawler).process_response(ASKED, response)


@pytest.mark.parametrize("header", [{}, {"Content-Type": "text/html; charset=utf-8"}])
def test_a_page_that_refreshes_to_another_is_followed(header: dict[str, str]) -> None:
    page = f'<html><meta charset="utf-8">{REFRESH}<p>{WIDE}'

    found = seen(answered_with(page, **header))

    assert isinstance(found, Request)
    assert found.url == "http://site.example/ne%C3%BC"
    assert found.meta["redirect_urls"] == [ASKED.url]


@pytest.mark.parametrize("page", [f"<html><p>{WIDE}", f"<title>Refreshing</title><p>{WIDE}"])
def test_any_other_page_is_handed_on_whole_and_not_decoded(page: str) -> None:
    response = answered_with(page)

    assert seen(response) is response
    # Scrapy keeps a text with one wide character at four bytes for each, beside the body.
    assert response._cached_ubody is None


def test_what_is_no_page_has_no_refresh() -> None:
    response = Response(ASKED.url, body=b"refresh", request=ASKED)

    assert seen(response) is response
