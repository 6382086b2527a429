"""A memory that outlives the objects under test, as the ledger outlives a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.ledger.records import RobotsAnswer


@dataclass
class RobotsMemory:
    """The part of `crawler.downloader.host_state.WebMemory` that is about robots.txt."""

    answers: dict[str, RobotsAnswer] = field(default_factory=dict)

    async def robots(self, origin: str) -> RobotsAnswer | None:
        return self.answers.get(origin)

    async def keep_robots(self, origin: str, answer: RobotsAnswer) -> None:
        self.answers[origin] = answer
