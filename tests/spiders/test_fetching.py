"""A coroutine that fetches goes on when it is told how its request ended, and not before."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import weakref
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from crawler.crawl.fetching import CrawlTask, Result, Turn, fetch, wait_for_turn
from crawler.crawl.further_pages import with_further_pages
from crawler.crawl.open_visit import OpenVisit, PageRead
from crawler.crawl.reading import Reading
from crawler.downloader.stop import StoppedError
from crawler.extraction.article import Article
from crawler.ledger.records import Attempt, SourceRecord
from crawler.states import State

URL = "http://news.example/a"


async def both(first: str, second: str) -> list[int]:
    """Fetch two URLs, one after the other, with something else to wait for between them."""
    statuses = []
    for url in (first, second):
        result = await fetch(Request(url))
        await asyncio.sleep(0)
        statuses.append(0 if result.response is None else result.response.status)
    return statuses


def answered(request: Request, status: int = 200) -> Result:
    return Result(request, Response(request.url, status))


def test_each_request_is_handed_over_and_the_end_is_what_the_coroutine_returns() -> None:
    async def scenario() -> list[int]:
        task = CrawlTask(both(URL, f"{URL}?2"), URL, "key")
        first = await task.go_on()
        assert isinstance(first, Request)
        second = await task.go_on(answered(first))
        assert isinstance(second, Request)
        assert second.url == f"{URL}?2"
        end = await task.go_on(Result(second, error=TimeoutError()))
        assert isinstance(end, list)
        return end

    assert asyncio.run(scenario()) == [200, 0]


def test_it_goes_on_in_another_task_of_the_event_loop_than_it_began_in() -> None:
    async def scenario() -> object:
        task = CrawlTask(both(URL, URL), URL)
        step: object = await asyncio.create_task(_go_on(task))
        for _ in range(2):
            assert isinstance(step, Request)
            step = await asyncio.create_task(_go_on(task, answered(step)))
        return step

    assert asyncio.run(scenario()) == [200, 200]


async def _go_on(task: CrawlTask[list[int]], result: Result | None = None) -> object:
    return await task.go_on(result)


def test_what_is_awaited_meanwhile_may_fail_and_the_coroutine_hears_of_it() -> None:
    async def work() -> str:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except TimeoutError:
            return "too late"
        return "in time"

    async def scenario() -> object:
        return await CrawlTask(work(), URL).go_on()

    assert asyncio.run(scenario()) == "too late"


def test_many_go_on_side_by_side_each_with_its_own_answers() -> None:
    async def one(number: int) -> list[int]:
        task = CrawlTask(both(URL, URL), URL)
        step: object = await task.go_on()
        while isinstance(step, Request):
            await asyncio.sleep(0)
            step = await task.go_on(answered(step, number))
        assert isinstance(step, list)
        return step

    async def scenario() -> list[list[int]]:
        return await asyncio.gather(*map(one, range(200, 250)))

    assert asyncio.run(scenario()) == [[n, n] for n in range(200, 250)]


@pytest.mark.parametrize("error", [StoppedError(URL), sqlite3.OperationalError(), CloseSpider("x")])
def test_what_ends_the_run_goes_through_the_coroutine(error: Exception) -> None:
    async def scenario() -> None:
        task = CrawlTask(both(URL, URL), URL)
        request = await task.go_on()
        assert isinstance(request, Request)
        await task.go_on(Result(request, error=error))

    with pytest.raises(type(error)):
        asyncio.run(scenario())


def test_it_can_wait_for_its_turn_without_a_request() -> None:
    async def work() -> str:
        await wait_for_turn()
        return "done"

    async def scenario() -> tuple[object, object]:
        task = CrawlTask(work(), URL)
        return await task.go_on(), await task.go_on()

    assert asyncio.run(scenario()) == (Turn.WAITED_FOR, "done")


def test_a_visit_that_waits_for_its_next_page_holds_no_body() -> None:
    def article(number: int) -> Article:
        text = " ".join(f"word{number}x{position}" for position in range(200))
        return Article(
            title="T",
            markdown=text,
            next_page=f"{URL}?page={number + 1}",
            content_hash=str(number),
        )

    async def read(response: Response, **_: object) -> Reading:
        return Reading(State.OK, page=PageRead(article(int(response.url.rpartition("=")[2]))))

    async def scenario() -> None:
        visit = OpenVisit(SourceRecord("k", (URL,), amp_from=1))
        visit = visit.after(Attempt(URL, State.OK), PageRead(article(1)))
        pages = with_further_pages(visit, cast("Any", read), most=9, count=lambda _: None)
        task = CrawlTask(pages, URL)
        request = await task.go_on()
        for _ in range(3):
            assert isinstance(request, Request)
            response = HtmlResponse(request.url, body=b"x" * 1000, request=request)
            body = weakref.ref(response)
            request = await task.go_on(Result(request, response))
            del response
            gc.collect()
            assert body() is None

    asyncio.run(scenario())
