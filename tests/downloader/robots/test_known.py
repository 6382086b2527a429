from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest

from crawler.downloader.robots.known import Asker, Fetched, Known, KnownRobots
from crawler.downloader.robots.rules import ROBOTS_BYTES
from crawler.ledger.records import RobotsAnswer
from tests.downloader.robots.web_memory import RobotsMemory

if TYPE_CHECKING:
    from crawler.downloader.host_state import WebMemory

ORIGIN = "https://news.example:443"
URL = "https://news.example/a"
DENY = Fetched(200, b"User-agent: *\nDisallow: /")
NONE = Fetched(404)
DOWN = Fetched(503)


@dataclass
class Site:
    """Answers requests for robots.txt, at a time that the test sets."""

    answer: Fetched | Exception = DENY
    asked: list[str] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 24, 1, tzinfo=UTC)
    memory: RobotsMemory | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self, origin: str, _: Asker) -> Fetched:
        self.asked.append(origin)
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def run(self) -> KnownRobots:
        """One run's knowledge."""
        memory = cast("WebMemory | None", self.memory)
        return KnownRobots(self.fetch, "bot", memory=lambda: memory, now=lambda: self.now)


def ask(known: KnownRobots, origin: str = ORIGIN) -> Known:
    return asyncio.run(known.of(origin))


@pytest.mark.parametrize(
    ("answer", "lifetime"),
    [
        (DENY, timedelta(hours=24)),
        (NONE, timedelta(hours=24)),
        (DOWN, timedelta(hours=1)),
        (Fetched(429), timedelta(hours=1)),
        (Fetched(reason="the answer broke off"), timedelta(hours=1)),
    ],
)
@pytest.mark.parametrize("remembers", [True, False])
def test_an_answer_counts_so_long_and_no_longer(
    answer: Fetched, lifetime: timedelta, *, remembers: bool
) -> None:
    site = Site(answer, memory=RobotsMemory() if remembers else None)
    known = site.run()
    first = ask(known)
    assert first.until == site.now + lifetime
    site.now += lifetime - timedelta(seconds=1)
    assert ask(known) == first
    assert len(site.asked) == 1
    site.now += timedelta(seconds=1)
    ask(known)
    assert len(site.asked) == 2


@pytest.mark.parametrize("answer", [DENY, NONE, DOWN, Fetched(reason="reset")])
def test_the_next_run_asks_again_only_when_the_answer_is_too_old(answer: Fetched) -> None:
    site = Site(answer, memory=RobotsMemory())
    before = ask(site.run())
    site.now += timedelta(minutes=59)
    again = ask(site.run())
    assert again.until == before.until
    assert again.rules.allows(URL) is before.rules.allows(URL)
    assert len(site.asked) == 1
    site.now += timedelta(hours=24)
    ask(site.run())
    assert len(site.asked) == 2


def test_without_a_memory_each_run_asks() -> None:
    site = Site()
    ask(site.run())
    ask(site.run())
    assert len(site.asked) == 2


def test_an_old_answer_does_not_count_while_robots_txt_is_unreachable() -> None:
    site = Site(NONE, memory=RobotsMemory())
    assert ask(site.run()).rules.allows(URL)
    site.now += timedelta(hours=25)
    site.answer = DOWN
    assert not ask(site.run()).rules.allows(URL)


def test_an_answer_from_the_future_does_not_count() -> None:
    site = Site(DENY, memory=RobotsMemory({ORIGIN: RobotsAnswer("2027-01-01T00:00:00Z", 404)}))
    assert not ask(site.run()).rules.allows(URL)


def test_no_such_host_is_known_for_the_run_alone() -> None:
    memory = RobotsMemory()
    site = Site(
        Fetched(reason="no such host", unknown_host=CannotResolveHostError()), memory=memory
    )
    known = site.run()
    assert ask(known).unknown_host is not None
    assert ask(known).unknown_host is not None
    assert len(site.asked) == 1
    assert memory.answers == {}


def test_our_own_reasons_are_told_unchanged_and_not_remembered() -> None:
    site = Site(IgnoreRequest("ours"), memory=RobotsMemory())
    known = site.run()
    with pytest.raises(IgnoreRequest) as told:
        ask(known)
    assert told.value is site.answer
    assert site.memory is not None
    assert site.memory.answers == {}
    site.answer = NONE
    assert ask(known).rules.allows(URL)


def test_all_who_wait_share_one_request_and_one_who_leaves_does_not_end_it() -> None:
    async def crowd() -> list[Any]:
        site.gate.clear()
        waiting = [asyncio.create_task(known.of(ORIGIN)) for _ in range(5)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        site.gate.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    site = Site()
    known = site.run()
    left, *rest = asyncio.run(crowd())
    assert isinstance(left, asyncio.CancelledError)
    assert [one.rules.allows(URL) for one in rest] == [False] * 4
    assert site.asked == [ORIGIN]


def test_memory_is_bounded_and_forgets_what_was_not_used_for_longest() -> None:
    site = Site(Fetched(200, b"# " + b"x" * (ROBOTS_BYTES - 2)))
    known = site.run()
    for number in range(7):
        ask(known, f"http://h{number}.example:80")
        ask(known, "http://h0.example:80")
    site.asked.clear()
    ask(known, "http://h7.example:80")
    ask(known, "http://h8.example:80")
    ask(known, "http://h0.example:80")
    ask(known, "http://h1.example:80")
    assert site.asked == [f"http://h{number}.example:80" for number in (7, 8, 1)]
