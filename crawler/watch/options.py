"""What a watch is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.options import CrawlOptions
    from crawler.plan.revisit import RevisitPolicy
    from crawler.watch.pace import Pace
    from crawler.watch.schedule import Schedule


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """The options of one watch.

    Attributes:
        crawl: the options of its runs of all items.
        pace: how long it waits for what.
        revisit: when sources are due again.
        settings: Scrapy settings for the runs, by name.
        schedule: when runs are due by the clock; None: when revisits fall due.
        words: further words of the runs' command line.
    """

    crawl: CrawlOptions
    pace: Pace
    revisit: RevisitPolicy
    settings: Mapping[str, str] = field(default_factory=dict)
    schedule: Schedule | None = None
    words: tuple[str, ...] = ()
