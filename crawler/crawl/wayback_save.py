"""Has the web archive save the pages of articles while they are alive, once all are read."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from scrapy import Request

from crawler import config
from crawler.crawl.fetching import CrawlTask, Result, fetch
from crawler.downloader.outcome import outcome_of_error
from crawler.timestamps import utc_text
from crawler.web_archive import archive_from_settings, may_be_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler

    from crawler.crawl.ledger_thread import LedgerThread
    from crawler.web_archive import Archive

logger = logging.getLogger("crawler.run")

_MOST_FAILURES: Final = 3  # in a row, before the archive is left alone for this run
_SECONDS: Final = 180  # it fetches the page meanwhile
_ANSWER_BYTES: Final = 4 * 1024 * 1024
_SAVED: Final = frozenset({200, 301, 302, 303, 307, 308})  # it leads to the snapshot, or shows it
_HOW: Final = {
    "dont_redirect": True,
    "dont_retry": True,
    "download_timeout": _SECONDS,
    "download_maxsize": _ANSWER_BYTES,
}


class WaybackSaver:
    """Asks an archive to save pages, one after the other, each version of an article once.

    What is to be saved follows from the ledger alone: a killed run is completed by the next one.
    """

    def __init__(self, archive: Archive, ledger_thread: LedgerThread, crawler: Crawler) -> None:
        self._archive = archive
        self._ledger_thread = ledger_thread
        self._crawler = crawler  # its stats come with the crawl's start
        self._most = config.WAYBACK_SAVE.of(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, ledger_thread: LedgerThread) -> Self | None:
        """Make it; None: nothing is to be saved, or nobody is asked anything.

        Raises:
            OptionError: a CRAWLER_WAYBACK* setting makes no sense.
        """
        archive = archive_from_settings(crawler.settings)
        if archive is None or not config.WAYBACK_SAVE.of(crawler.settings):
            return None
        return None if config.REPLAY.of(crawler.settings) else cls(archive, ledger_thread, crawler)

    async def task(self) -> CrawlTask[None]:
        """Return what saves the pages that are to be saved, and no more than are in a run."""
        to_save = self._ledger_thread.crawl.ledger.to_save
        pages = await self._ledger_thread.run(to_save, self._most)
        return CrawlTask(self._save_all(pages), "the web archive")

    async def _save_all(self, pages: Sequence[tuple[str, str, str]]) -> None:
        failures = 0
        for key, url, version in pages:
            place = self._archive.save_url(url) if may_be_shown(url) else None
            if place is None:
                continue
            result = await fetch(Request(place, meta=_HOW, dont_filter=True))
            problem = _problem(result)
            self._count("saved" if problem is None else "not_saved")
            if problem is None:
                failures = 0
                put = self._ledger_thread.crawl.ledger.put_saved
                at = utc_text(datetime.now(UTC))
                await self._ledger_thread.run(put, key, version, at)
                logger.info("saved %s", url, extra={"event": "saved", "url": url})
                continue
            failures += 1
            logger.info("not saved %s (%s)", url, problem, extra={"event": "not-saved", "url": url})
            if failures >= _MOST_FAILURES:
                logger.warning("the web archive is left alone: it saved nothing three times")
                return

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"crawler/web_archive/{what}")


def _problem(result: Result) -> str | None:
    """Return why a page was not saved; None: it was."""
    if result.response is None:
        assert result.error is not None
        return outcome_of_error(result.error)[1]
    return None if result.response.status in _SAVED else f"HTTP {result.response.status}"
