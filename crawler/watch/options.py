"""What a watch is asked to do, and how fast: the `CRAWLER_WATCH_*` settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from crawler import config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.ledger.revisit import RevisitPolicy
    from crawler.options import CrawlOptions
    from crawler.watch.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Pace:
    """Spans of time, in seconds.

    Attributes:
        quiet: files are crawled when nothing has changed for so long; ten times that is waited
            at most.
        patience: a run of all items that takes longer than this is interrupted for the sake of
            files that have changed, and goes on after them.
        gap: lies at least between a run of all items and the one for revisits that fall due.
        grace: a run that is stopped may take so long; then it is killed.
    """

    quiet: float = 1.0
    patience: float = 60.0
    gap: float = 60.0
    grace: float = 15.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """Read the settings.

        Raises:
            OptionError: one of them is no number of seconds.
        """
        return cls(
            quiet=config.WATCH_QUIET.of(settings),
            patience=config.WATCH_PATIENCE.of(settings),
            gap=config.WATCH_GAP.of(settings),
            # A run ends within its own grace; what it writes and closes then takes a moment.
            grace=config.STOP_GRACE.of(settings) + 7.0,
        )


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
