"""`scrapy crawl SPIDER`, whose exit code tells of spiders of ours what Scrapy's own does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydispatch import dispatcher
from scrapy import signals
from scrapy.commands import crawl
from scrapy.signalmanager import SignalManager

from crawler.summary import ExitCode

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider


class Command(crawl.Command):
    """Scrapy's own command; a run that could not be done, or that found nothing, does not end in 0.

    How visits of sources ended does not count here, as it does in `crawler run`: schedulers take
    any other exit code for a run to be looked at.
    """

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider."""
        opened: list[Spider] = []

        def remember(spider: Spider) -> None:
            opened.append(spider)

        SignalManager(dispatcher.Any).connect(remember, signals.spider_opened)
        super().run(args, opts)
        self.exitcode = self.exitcode or max(map(_code_of, opened), default=ExitCode.ALL_GOOD)


def _code_of(spider: object) -> ExitCode:
    # Scrapy imports all commands at each start of any; by now a spider of ours has imported this.
    from crawler.spiders.source import SourceSpider  # noqa: PLC0415 - see above

    if not isinstance(spider, SourceSpider):
        return ExitCode.ALL_GOOD
    if spider.failure is not None:
        return ExitCode.USAGE_ERROR
    discovery = None if spider.summary is None else spider.summary.discovery
    if discovery is not None and discovery.failed:
        return ExitCode.SOURCES_FAILED
    return ExitCode.ALL_GOOD
