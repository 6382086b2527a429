"""Content codings in the downloader: a body that is not whole is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import NotConfigured
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from crawler.fetch.answers.content_coding import (
    DECODABLE,
    BodyError,
    BodyTooLargeError,
    decode_body,
)
from crawler.fetch.answers.errors import DecodedTooLargeError, UndecodableError
from crawler.fetch.outcome import state_of_status

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

_ACCEPTED: Final = "gzip, deflate, br, zstd"
_CODING: Final = "Content-Encoding"


class DecompressionMiddleware:
    """Stands in the place of Scrapy's `HttpCompressionMiddleware`, and keeps its stats.

    Scrapy's hands on what it has of a body that breaks off, as a good answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("COMPRESSION_ENABLED"):
            raise NotConfigured
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._retries = crawler.settings.getbool("RETRY_ENABLED")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware.

        Raises:
            NotConfigured: COMPRESSION_ENABLED is off.
        """
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Say which codings are understood."""
        request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer with its body decoded, or the request once more if that failed.

        Where the status says all by itself, a body that cannot be decoded is dropped.

        Raises:
            DecodedTooLargeError: more than DOWNLOAD_MAXSIZE bytes come out.
            UndecodableError: the body breaks off or is damaged, however often it was asked for.
        """
        unknown, codings = _codings_of(response)
        if request.method == "HEAD" or not codings:
            return response
        limits = (request.meta.get("download_maxsize", self._limit), self._limit)
        limit = min((most for most in limits if most), default=0)
        stopped = "download_stopped" in response.flags
        try:
            body = decode_body(response.body, codings, limit, partial=stopped)
        except BodyError as error:
            self._count("crawler/undecodable_bodies")
            if state_of_status(response.status) is not None:
                return _with_body(response, b"", unknown)
            if isinstance(error, BodyTooLargeError):
                raise DecodedTooLargeError(str(error)) from error
            return self._retry(request, error)
        self._count("httpcompression/response_count")
        self._count("httpcompression/response_bytes", len(body))
        return _with_body(response, body, unknown)

    def _retry(self, request: Request, error: BodyError) -> Request:
        spider = self._crawler.spider
        assert spider is not None
        reason = UndecodableError(str(error))
        wants_no_retry = not self._retries or request.meta.get("dont_retry", False)
        again = None if wants_no_retry else get_retry_request(request, spider=spider, reason=reason)
        if again is None:
            raise reason from error
        return again

    def _count(self, stat: str, count: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(stat, count)


def _codings_of(response: Response) -> tuple[list[str], list[str]]:
    """Split the Content-Encoding into what stays, and what is decoded; both as applied.

    Below a coding that nobody knows ("utf-8", "none") the body is taken as it is, as browsers do.
    """
    fields = b",".join(response.headers.getlist(_CODING)).decode("latin-1").split(",")
    codings = [name for field in fields if (name := field.strip().lower()) not in {"", "identity"}]
    known = len(codings)
    while known and codings[known - 1] in DECODABLE:
        known -= 1
    return codings[:known], codings[known:]


def _with_body(response: Response, body: bytes, unknown: list[str]) -> Response:
    headers = response.headers.copy()
    del headers[_CODING]
    if unknown:
        headers[_CODING] = ", ".join(unknown)
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    more: dict[str, Any] = {"encoding": None} if issubclass(kind, TextResponse) else {}
    return response.replace(cls=kind, headers=headers, body=body, **more)
