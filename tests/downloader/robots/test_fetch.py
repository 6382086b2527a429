from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.downloader.contact import NoContactError
from crawler.downloader.exceptions import DecodedTooLargeError, DeferredError, RetryLaterError
from crawler.downloader.host_state import Pause
from crawler.downloader.own_trouble import OwnTroubleError
from crawler.downloader.robots.known import Fetched, RobotsFetcher
from crawler.downloader.stop import StoppedError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.engine import ExecutionEngine

ORIGIN = "http://news.example:80"
ROBOTS = "http://news.example/robots.txt"


class Engine:
    """Gives each URL its answer; what is not scripted redirects to a longer URL, for ever."""

    def __init__(self, answers: dict[str, Response | Exception] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[Request] = []

    async def download_async(self, request: Request) -> Response:
        assert request.meta["dont_obey_robotstxt"]
        self.asked.append(request)
        answer = self.answers.get(request.url) or redirect(request.url, f"{request.url}x")
        if isinstance(answer, Exception):
            raise answer
        return answer


def redirect(url: str, location: str) -> Response:
    return Response(url, status=302, headers={"Location": location})


def fetch(engine: Engine) -> Fetched:
    crawler = get_crawler()
    crawler.engine = cast("ExecutionEngine", engine)
    return asyncio.run(RobotsFetcher(crawler).fetch(ORIGIN))


@pytest.mark.parametrize(
    "error",
    [
        StoppedError("x"),
        NoContactError("x"),
        DeferredError(Pause(1.0, "Retry-After"), "2026-11-24T02:00:00Z"),
        OwnTroubleError("too many open files"),
    ],
    ids=type,
)
@pytest.mark.parametrize("target", [ROBOTS, "http://other.example/"])
def test_what_we_do_ourselves_says_nothing_of_the_site(error: Exception, target: str) -> None:
    answers: dict[str, Response | Exception] = {ROBOTS: redirect(ROBOTS, "http://other.example/")}
    with pytest.raises(type(error)) as raised:
        fetch(Engine(answers | {target: error}))
    assert raised.value is error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DownloadTimeoutError("x"), "no complete answer in time"),
        (DownloadConnectionRefusedError("x"), "the connection was refused"),
        (DecodedTooLargeError("x"), "larger than DOWNLOAD_MAXSIZE once decompressed"),
        (OSError("no gzip"), "OSError: no gzip"),
    ],
)
def test_every_other_error_is_no_answer(error: Exception, reason: str) -> None:
    assert fetch(Engine({ROBOTS: error})) == Fetched(reason=reason)


def test_only_the_origin_itself_can_be_a_host_that_is_not_there() -> None:
    gone = CannotResolveHostError("x")
    assert fetch(Engine({ROBOTS: gone})).unknown_host
    elsewhere = "http://other.example/"
    assert not fetch(Engine({ROBOTS: redirect(ROBOTS, elsewhere), elsewhere: gone})).unknown_host


def test_a_redirect_in_a_circle_is_followed_once() -> None:
    engine = Engine({f"{ROBOTS}x": redirect(f"{ROBOTS}x", "/robots.txt")})
    assert fetch(engine) == Fetched(302)
    assert [request.url for request in engine.asked] == [ROBOTS, f"{ROBOTS}x"]


def test_ten_redirects_are_followed() -> None:
    tenth = ROBOTS + 10 * "x"
    assert fetch(Engine({tenth: Response(tenth, body=b"Allow: /")})) == Fetched(200, b"Allow: /")
    engine = Engine()
    assert fetch(engine) == Fetched(302)
    assert len(engine.asked) == 11


def test_the_last_line_of_what_was_stopped_does_not_count() -> None:
    stopped = Response(ROBOTS, body=b"Allow: /\nDisal", flags=["download_stopped"])
    assert fetch(Engine({ROBOTS: stopped})).body == b"Allow: /\n"


def test_an_error_page_has_no_rules() -> None:
    page = Response(ROBOTS, status=404, body=b"User-agent: *\nDisallow: /")
    assert fetch(Engine({ROBOTS: page})) == Fetched(404)


def test_a_try_that_is_made_again_later_counts_and_the_next_origin_begins_anew() -> None:
    engine = Engine({ROBOTS: RetryLaterError(1, "a time-out")})
    crawler = get_crawler()
    crawler.engine = cast("ExecutionEngine", engine)
    fetcher = RobotsFetcher(crawler)
    for answer, tries in ((RetryLaterError(1, "x"), 0), (RetryLaterError(2, "x"), 1)):
        engine.answers[ROBOTS] = answer
        with pytest.raises(RetryLaterError):
            asyncio.run(fetcher.fetch(ORIGIN))
        assert engine.asked[-1].meta["retry_times"] == tries
    engine.answers[ROBOTS] = Response(ROBOTS, body=b"Allow: /")
    for tries in (2, 0):
        assert asyncio.run(fetcher.fetch(ORIGIN)).status == 200
        assert engine.asked[-1].meta["retry_times"] == tries
