"""Downloads that no answer can make too large or too long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, ResponseDataLossError

from crawler.fetch.answers.client_protocol import bounded_factory
from crawler.fetch.answers.errors import AnswerTooLargeError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

SPENT: Final = "crawler_download_seconds"
"""Meta key of the time that downloads took; goes along with redirects and retries."""

_TIMEOUTS: Final = 4  # the time of a request with its redirects and retries, in DOWNLOAD_TIMEOUTs


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler that bounds heads, framing, and the time of redirect chains.

    DOWNLOAD_TIMEOUT bounds each download from its start to its last byte; here four times that
    bounds the downloads of a request and of what it is redirected to or retried as.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = bounded_factory(self._default_maxsize)  # noqa: SLF001 - as Scrapy does
        self._stats = crawler.stats
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    async def download_request(self, request: Request) -> Response:
        """Download an answer.

        Raises:
            AnswerTooLargeError: its head or its framing has no end.
            DownloadTimeoutError: it took too long, or the chain of redirects did.
        """
        timeout = request.meta.get("download_timeout") or self._timeout
        spent = request.meta.get(SPENT, 0.0)
        left = _TIMEOUTS * self._timeout - spent
        if left <= 0:
            raise DownloadTimeoutError(f"{request.url}: redirects and retries took {spent:.0f} s")
        request.meta["download_timeout"] = min(timeout, left)
        started = time.monotonic()
        try:
            return await super().download_request(request)
        except (DownloadFailedError, ResponseDataLossError) as error:
            for reason in getattr(error.__cause__, "reasons", None) or ():
                if isinstance(reason.value, AnswerTooLargeError):
                    assert self._stats is not None
                    self._stats.inc_value("crawler/answers_cut_off")
                    raise reason.value from error
            raise
        finally:
            request.meta[SPENT] = spent + time.monotonic() - started
