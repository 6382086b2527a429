"""Two crawls at once in one process; prints how each ended, and what became of its request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.downloader.exceptions import BlockedAddressError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from twisted.python.failure import Failure

_ended: list[str] = []
_errors: list[str] = []


class _Asks(Spider):
    name = "asks"
    custom_settings = {"ROBOTSTXT_OBEY": False, "USER_AGENT": "bot@example.com"}  # noqa: RUF012

    async def start(self) -> AsyncIterator[Any]:
        self.crawler.signals.connect(self.closed_by, signals.spider_closed)
        yield Request("http://127.0.0.1:9/", errback=self.failed)

    def parse(self, response: Any) -> None:  # noqa: ARG002 - Scrapy's signature
        _errors.append("answered")

    def failed(self, failure: Failure) -> None:
        blocked = isinstance(failure.value, BlockedAddressError)
        _errors.append("blocked" if blocked else repr(failure.value))

    def closed_by(self, reason: str) -> None:
        _ended.append(reason)


if __name__ == "__main__":
    settings = Settings({"LOG_LEVEL": "ERROR"})
    settings.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(settings)
    process.crawl(_Asks)
    process.crawl(_Asks)
    process.start()
    sys.stdout.write(" ".join([*_ended, *_errors]))
