from __future__ import annotations

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.downloader.contact import ContactGuardMiddleware, NoContactError


class _Spider(Spider):
    name = "guarded"


def guard(agent: str) -> ContactGuardMiddleware:
    return ContactGuardMiddleware.from_crawler(get_crawler(_Spider, {"USER_AGENT": agent}))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_contact_public_sites_are_refused_and_own_hosts_are_not() -> None:
    middleware = guard("somebody/1.0")
    with pytest.raises(NoContactError):
        middleware.process_request(Request("https://www.example.com/"))
    middleware.process_request(Request("http://127.0.0.1:8000/"))


def test_with_a_contact_there_is_nothing_to_guard() -> None:
    with pytest.raises(NotConfigured):
        guard("somebody/1.0 (+https://example.com/bot)")
