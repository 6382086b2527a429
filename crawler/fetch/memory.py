"""What politeness must remember from one run to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.ledger.records import RobotsAnswer, Snapshot


class WebMemory(Protocol):
    """Durable memory of the web's answers; a spider that has one offers it as `memory`.

    Times are ISO 8601 in UTC with seconds, such as "2026-11-24T01:14:32Z".
    """

    async def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for the robots.txt of "scheme://host:port" ended."""

    async def keep_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""

    async def pauses(self) -> Mapping[str, tuple[str, str]]:
        """Hosts that are to be left alone: until when, and why."""

    async def keep_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""

    async def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""

    async def snapshot(self, key: str) -> Snapshot | None:
        """What the archive said of the page with this `crawler.urls.canonical.url_key`."""

    async def keep_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""
