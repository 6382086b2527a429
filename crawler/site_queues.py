"""How long a run still takes: as long as the slowest queue of a site, or all pages together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FEWEST: Final = 3  # visits that tell how fast a site goes


@dataclass(slots=True)
class _Queue:
    """Visits that are left and done, and when the first and the last of these ended."""

    left: int
    done: int = 0
    first: float = 0.0
    last: float = 0.0

    def end(self, at: float) -> None:
        self.left = max(self.left - 1, 0)
        self.done += 1
        self.first, self.last = self.first or at, at

    @property
    def seconds_apart(self) -> float | None:
        """Seconds between the ends of two visits; None: too few have ended."""
        return None if self.done < _FEWEST else (self.last - self.first) / (self.done - 1)


class SiteQueues:
    """The visits of a plan, by site.

    One thread may tell of ends while another one asks: sites are never added or taken away.

    Args:
        due: how many sources each site has in the plan.
        clock: seconds of a clock that nobody can set.
    """

    def __init__(
        self, due: Mapping[str, int], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queues = {site: _Queue(count) for site, count in due.items()}
        self._all = _Queue(sum(due.values()))
        self._clock = clock

    def end_visit(self, key: str) -> None:
        """Note that the visit to the source with this key has ended."""
        now = self._clock()
        self._all.end(now)
        if (queue := self._queues.get(site_of(f"https://{key}"))) is not None:
            queue.end(now)

    def seconds_left(self, apart: Callable[[str], float], waits: Callable[[str], float]) -> float:
        """Return how long the rest of the plan takes.

        Args:
            apart: seconds between two requests to a site, where it has not yet shown its own.
            waits: seconds that a site is paused for.
        """
        longest = self._all.left * (self._all.seconds_apart or 0.0)
        for site, queue in self._queues.items():
            if queue.left:
                gap = queue.seconds_apart
                seconds = queue.left * (apart(site) if gap is None else gap)
                longest = max(longest, seconds + waits(site))
        return longest
