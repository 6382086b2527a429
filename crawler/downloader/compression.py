"""Content codings in the downloader: a body that is not whole is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from crawler.downloader.content_coding import (
    DECODABLE,
    BodyError,
    BodyTooLargeError,
    begins_gzip,
    decode_body,
)
from crawler.downloader.exceptions import DecodedTooLargeError, UndecodableError
from crawler.downloader.media_type import content_type_of, may_be_html
from crawler.downloader.outcome import state_of_status
from crawler.downloader.partial import is_unasked, is_whole, looks_whole

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request

_ACCEPTED: Final = "gzip, deflate, br, zstd"
_CODING: Final = "Content-Encoding"
_OK: Final = 200


class DecompressionMiddleware:
    """Stands in the place of Scrapy's `HttpCompressionMiddleware`, and keeps its stats.

    Scrapy's hands on what it has of a body that breaks off, as a good answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._decodes = crawler.settings.getbool("COMPRESSION_ENABLED")
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._retries = crawler.settings.getbool("RETRY_ENABLED")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Say which codings are understood."""
        if self._decodes:
            request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer with its body decoded, or the request once more if that failed.

        Where the status says all by itself, a body that cannot be decoded is dropped.

        Raises:
            DecodedTooLargeError: more than DOWNLOAD_MAXSIZE bytes come out.
            UndecodableError: the body breaks off, is damaged or a part that nobody asked for,
                however often it was asked for.
        """
        if not is_unasked(request, response):
            return self._decoded(request, response)
        whole = is_whole(response)
        answer = response if whole is False else self._decoded(request, response)
        if not isinstance(answer, Response):
            return answer
        if whole or (whole is None and looks_whole(answer.body)):
            return answer.replace(status=_OK)
        self._count("crawler/unasked_parts")
        return self._retry(request, "HTTP 206: a part that nobody asked for")

    def _decoded(self, request: Request, response: Response) -> Request | Response:
        if not self._decodes:
            return response
        unknown, codings = _codings_of(response)
        if request.method == "HEAD" or not (codings and response.body):
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
            return self._retry(request, str(error))
        self._count("httpcompression/response_count")
        self._count("httpcompression/response_bytes", len(body))
        return _with_body(response, body, unknown)

    def _retry(self, request: Request, why: str) -> Request:
        spider = self._crawler.spider
        assert spider is not None
        reason = UndecodableError(why)
        wants_no_retry = not self._retries or request.meta.get("dont_retry", False)
        again = None if wants_no_retry else get_retry_request(request, spider=spider, reason=reason)
        if again is None:
            raise reason
        return again

    def _count(self, stat: str, count: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(stat, count)


def _codings_of(response: Response) -> tuple[list[str], list[str]]:
    """Split the Content-Encoding into what stays, and what is decoded; both as applied.

    Below a coding that nobody knows ("utf-8", "none") the body is taken as it is, as browsers do,
    unless it is gzipped all the same, as a page is that is not labelled at all.
    """
    fields = b",".join(response.headers.getlist(_CODING)).decode("latin-1").split(",")
    named = (field.partition(";")[0].strip(" \t\"'").lower() for field in fields)
    codings = [name for name in named if name not in {"", "identity"}]
    if begins_gzip(response.body) and not DECODABLE.intersection(codings[-1:]):
        is_page = may_be_html(content_type_of(response.headers))
        codings = [*(name for name in codings if name in DECODABLE)] or ["gzip"] * is_page
    known = len(codings)
    while known and codings[known - 1] in DECODABLE:
        known -= 1
    return codings[:known], codings[known:]


def _with_body(response: Response, body: bytes, unknown: list[str]) -> Response:
    headers = response.headers.copy()
    headers.pop(_CODING, None)
    if unknown:
        headers[_CODING] = ", ".join(unknown)
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    more: dict[str, Any] = {"encoding": None} if issubclass(kind, TextResponse) else {}
    return response.replace(cls=kind, headers=headers, body=body, **more)
