"""`scrapy crawl SPIDER`, whose exit code tells of spiders of ours what Scrapy's own does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydispatch import dispatcher
from scrapy import signals
from scrapy.commands import crawl
from scrapy.signalmanager import SignalManager

from crawler.summary import INTERRUPTED, ExitCode, exit_code_of

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider


class Command(crawl.Command):
    """Scrapy's own command, with the exit codes of `crawler run`."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider."""
        opened: list[Spider] = []

        def remember(spider: Spider) -> None:
            opened.append(spider)

        SignalManager(dispatcher.Any).connect(remember, signals.spider_opened)
        super().run(args, opts)
        self.exitcode = self.exitcode or max(map(_code_of, opened), default=ExitCode.DONE)


def _code_of(spider: object) -> ExitCode:
    # Scrapy imports all commands at each start of any; by now a spider of ours has imported this.
    from crawler.spiders.source import SourceSpider  # noqa: PLC0415 - see above

    if not isinstance(spider, SourceSpider):
        return ExitCode.DONE
    if spider.failure is not None:
        return ExitCode.NOT_DONE
    if spider.summary is None or spider.summary.ended == INTERRUPTED:
        return ExitCode.DONE  # as Scrapy's own command, where a signal ends it
    return exit_code_of(spider.summary)
