"""`scrapy crawl NAME`, whose exit code says where a run could not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from crawler.exit_codes import ExitCode

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider


class Command(crawl.Command):
    """Scrapy's own command; spiders that are not ours end as they do with that."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit code: 2 where a spider of ours could not do its run."""
        if len(args) != 1:
            raise UsageError("name one spider")
        process = self.crawler_process
        assert process is not None
        crawler = self._create_crawler(args[0])
        process.crawl(crawler, **opts.spargs)
        process.start()
        if process.bootstrap_failed:
            self.exitcode = 1
        elif _could_not_be_done(crawler.spider):
            self.exitcode = int(ExitCode.USAGE_ERROR)


def _could_not_be_done(spider: Spider | None) -> bool:
    # By its name, so that the crawls of other projects do not load all of ours.
    bases = {f"{base.__module__}.{base.__name__}" for base in type(spider).__mro__}
    return "crawler.spiders.source.SourceSpider" in bases and bool(getattr(spider, "failure", None))
