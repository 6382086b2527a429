from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler import config
from crawler.downloader.exceptions import ForbiddenByRobotsError, RobotsUnreachableError
from crawler.downloader.host_state import Hosts
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.robots.middleware import RobotsMiddleware
from crawler.ledger.records import RobotsAnswer
from crawler.options import OptionError
from crawler.states import State
from tests.downloader.robots.web_memory import RobotsMemory

AT = "2026-11-24T01:00:00Z"
URL = "http://news.example/a"
SETTINGS = {"ROBOTSTXT_OBEY": True, "CRAWLER_CRAWL_DELAY_MAX": 60}


class RememberingSpider(Spider):
    name = "remembering"
    memory: RobotsMemory


def middleware(answer: RobotsAnswer, **settings: Any) -> RobotsMiddleware:
    """One that remembers an answer of half an hour ago, so that it asks nobody."""
    extensions = {"crawler.downloader.host_state.Hosts": 0}
    crawler = get_crawler(RememberingSpider, {**SETTINGS, "EXTENSIONS": extensions, **settings})
    crawler.spider = RememberingSpider()
    crawler.spider.memory = RobotsMemory({"http://news.example:80": answer})
    return RobotsMiddleware(crawler, now=lambda: datetime(2026, 11, 24, 1, 30, tzinfo=UTC))


def let_through(robots: RobotsMiddleware, url: str = URL, **meta: Any) -> None:
    asyncio.run(robots.process_request(Request(url, meta=meta)))


def rules(text: str) -> RobotsAnswer:
    return RobotsAnswer(AT, 200, text.encode())


def test_what_is_forbidden_is_refused() -> None:
    robots = middleware(rules("User-agent: *\nDisallow: /a"))
    let_through(robots, "http://news.example/b")
    with pytest.raises(ForbiddenByRobotsError) as refusal:
        let_through(robots)
    assert outcome_of_error(refusal.value) == (State.ROBOTS, "robots.txt forbids it")
    assert getattr(refusal.value, "retry_at", None) is None


def test_what_could_not_be_asked_says_why_and_when_to_come_back() -> None:
    with pytest.raises(RobotsUnreachableError) as refusal:
        let_through(middleware(RobotsAnswer(AT, 503)))
    state, detail = outcome_of_error(refusal.value)
    assert (state, detail) == (State.ROBOTS, "robots.txt is unreachable: HTTP 503")
    assert refusal.value.retry_at == "2026-11-24T02:00:00Z"


def test_a_request_may_say_that_it_is_not_subject_to_robots_txt() -> None:
    let_through(middleware(rules("User-agent: *\nDisallow: /")), dont_obey_robotstxt=True)
    let_through(middleware(rules("User-agent: *\nDisallow: /")), "data:,x")


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({"USER_AGENT": "MyBot/1.0 (+https://example.com/)"}, True),
        ({"USER_AGENT": "other/1.0"}, False),
        ({"USER_AGENT": "other/1.0", "ROBOTSTXT_USER_AGENT": "mybot"}, True),
        ({"USER_AGENT": "MyBot/1.0", "ROBOTSTXT_USER_AGENT": "other"}, False),
    ],
)
def test_the_rules_for_the_name_that_we_give_count(
    settings: dict[str, str], *, refused: bool
) -> None:
    robots = middleware(rules("User-agent: mybot\nDisallow: /"), **settings)
    if refused:
        with pytest.raises(ForbiddenByRobotsError):
            let_through(robots)
    else:
        let_through(robots)


@pytest.mark.parametrize(("asked", "kept"), [("7", 7.0), ("3600", 60.0)])
def test_a_crawl_delay_is_kept_up_to_the_longest(
    monkeypatch: pytest.MonkeyPatch, asked: str, kept: float
) -> None:
    told: list[tuple[str, float]] = []
    monkeypatch.setattr(Hosts, "keep_apart", lambda _, url, seconds: told.append((url, seconds)))
    let_through(middleware(rules(f"User-agent: *\nCrawl-delay: {asked}")))
    assert told == [(URL, kept)]


def test_robots_txt_can_be_switched_off() -> None:
    with pytest.raises(NotConfigured):
        RobotsMiddleware.from_crawler(get_crawler(Spider, {**SETTINGS, "ROBOTSTXT_OBEY": False}))


@pytest.mark.parametrize("longest", ["soon", "-1", "nan", "inf"])
def test_a_longest_delay_that_is_no_number_of_seconds_is_named(longest: str) -> None:
    crawler = get_crawler(Spider, {"CRAWLER_CRAWL_DELAY_MAX": longest})
    with pytest.raises(OptionError, match="CRAWLER_CRAWL_DELAY_MAX"):
        config.CRAWL_DELAY_MAX.of(cast("Any", crawler).settings)
