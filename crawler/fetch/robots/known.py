"""The rules of each origin: asked for once, however many wait, and remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.fetch.robots.fetch import NOBODY
from crawler.fetch.robots.rules import RobotsRules, rules_of
from crawler.ledger.records import RobotsAnswer
from crawler.timestamps import utc_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.exceptions import CannotResolveHostError

    from crawler.fetch.memory import WebMemory
    from crawler.fetch.robots.fetch import Asker, Fetched

LIFETIME: Final = timedelta(hours=24)  # RFC 9309, 2.4: no longer
UNREACHABLE_LIFETIME: Final = timedelta(hours=1)

# Of the robots.txt files whose rules are kept; as rules they take some 15 times the memory.
_MOST_BYTES: Final = 4 * 1024 * 1024
_LEAST_WEIGHT: Final = 1024  # bytes; what the rules of an empty file weigh


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an origin.

    Attributes:
        rules: what may be requested.
        until: when robots.txt is to be asked for again, in UTC.
        unknown_host: the error, where there is no such host, so that nothing can be requested.
    """

    rules: RobotsRules
    until: datetime
    unknown_host: CannotResolveHostError | None = None


class KnownRobots:
    """The rules of origins, from the process's memory, the durable one, or the site.

    A reader that is cancelled leaves the others their answer. What is used least recently is
    forgotten once the files behind the rules are 4 MiB.
    """

    def __init__(
        self,
        fetch: Callable[[str, Asker], Awaitable[Fetched]],
        token: str,
        *,
        memory: Callable[[], WebMemory | None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._fetch = fetch
        self._token = token
        self._memory = memory
        self._now = now
        self._known: OrderedDict[str, tuple[Known, int]] = OrderedDict()
        self._bytes = 0
        self._asking: dict[str, asyncio.Task[Known]] = {}

    def at_hand(self, origin: str) -> Known | None:
        """Return the rules of an origin if they are known without asking anybody."""
        return self._recall(origin)

    async def of(self, origin: str, asker: Asker = NOBODY) -> Known:
        """Return the rules of an origin.

        Raises:
            Exception: what the fetch raised; nothing is remembered of it.
        """
        if (known := self._recall(origin)) is not None:
            return known
        task = self._asking.get(origin)
        if task is None:
            task = asyncio.create_task(self._learn(origin, asker))
            self._asking[origin] = task
            task.add_done_callback(lambda _: self._asking.pop(origin))
        return await asyncio.shield(task)

    async def _learn(self, origin: str, asker: Asker) -> Known:
        memory = self._memory()
        if memory is not None and (answer := await memory.robots(origin)) is not None:
            known = self._dated(rules_of(answer, self._token), answer.asked_at)
            is_pause = known.rules.unreachable is not None and asker.in_spite_of_pauses
            if self._is_fresh(known) and not is_pause:
                return self._keep(origin, known, len(answer.body))
        asked_at = utc_text(self._now())
        fetched = await self._fetch(origin, asker)
        answer = RobotsAnswer(asked_at, fetched.status, fetched.body)
        # To look a host up once more bothers no site.
        if memory is not None and fetched.unknown_host is None and fetched.is_sure:
            await memory.keep_robots(origin, answer)
        rules = rules_of(answer, self._token)
        if fetched.reason is not None:
            rules = replace(rules, unreachable=fetched.reason)
        known = replace(self._dated(rules, asked_at), unknown_host=fetched.unknown_host)
        return self._keep(origin, known, len(answer.body))

    @staticmethod
    def _dated(rules: RobotsRules, asked_at: str) -> Known:
        lifetime = LIFETIME if rules.unreachable is None else UNREACHABLE_LIFETIME
        return Known(rules, datetime.fromisoformat(asked_at) + lifetime)

    def _is_fresh(self, known: Known) -> bool:
        # One from the future is from before the clock was set right.
        return timedelta() < known.until - self._now() <= LIFETIME

    def _recall(self, origin: str) -> Known | None:
        if origin not in self._known:
            return None
        known, _ = self._known[origin]
        if not self._is_fresh(known):
            return None
        self._known.move_to_end(origin)
        return known

    def _keep(self, origin: str, known: Known, size: int) -> Known:
        _, old_weight = self._known.pop(origin, (None, 0))
        weight = size + _LEAST_WEIGHT
        self._known[origin] = (known, weight)
        self._bytes += weight - old_weight
        while self._bytes > _MOST_BYTES:
            _, (_, freed) = self._known.popitem(last=False)
            self._bytes -= freed
        return known
