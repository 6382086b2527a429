"""Looks at the settings of ours before anything is begun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.crawl.further_pages import most_pages
from crawler.crawl.javascript import check_javascript_settings
from crawler.crawl.pool import check_page_objects, check_pool_settings
from crawler.crawl.wayback import check_archive_settings
from crawler.downloader.addresses import ALLOWED_NETWORKS, AllowedNetworks
from crawler.downloader.host_state import HostLimits
from crawler.downloader.robots.middleware import check_robots_settings
from crawler.downloader.stop import longest_run
from crawler.downloader.warc import RECORD_FILE, REPLAY_FILES
from crawler.images.policy import ImageWish
from crawler.ledger.revisit import RevisitPolicy
from crawler.options import OptionError
from crawler.output.enriched import Additions
from crawler.rules import SiteRules

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from crawler.options import CrawlOptions


def wants_duplicates(settings: BaseSettings) -> bool:
    """Read CRAWLER_DUPLICATES.

    Raises:
        OptionError: it is neither true nor false.
    """
    try:
        return settings.getbool("CRAWLER_DUPLICATES")
    except ValueError as error:
        raise OptionError(f"CRAWLER_DUPLICATES: {error}") from None


_SUFFIX: Final = ".warc.gz"
_REPLAY_HANDLER: Final = "crawler.downloader.warc.ReplayDownloadHandler"
_RECORDING_HANDLER: Final = "crawler.downloader.warc.RecordingDownloadHandler"
# Nothing is asked of anybody, so that nobody has to be spared, and nothing can be reached that
# must not be.
_OF_THE_NETWORK: Final[dict[str, dict[str, Any]]] = {
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.downloader.contact.ContactGuardMiddleware": None,
        "crawler.downloader.retry.SiteRetryMiddleware": None,
        "crawler.downloader.robots.middleware.RobotsMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    },
    "EXTENSIONS": {"crawler.downloader.self_test.GuardSelfTest": None},
}
_AT_ONCE: Final = {
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "CRAWLER_ARCHIVE_DELAY": 0,
    "DOWNLOAD_SLOTS": {},
    "RETRY_ENABLED": False,
}


def choose_warc_files(settings: BaseSettings, options: CrawlOptions) -> None:
    """Have the crawl answered by, or recorded into, what options or settings name.

    Raises:
        OptionError: a file is not there or has another kind of name, or both are wanted.
    """
    if options.archive:
        settings.set(REPLAY_FILES, [str(path) for path in options.archive], priority="cmdline")
    if options.record is not None:
        settings.set(RECORD_FILE, str(options.record), priority="cmdline")
    replayed, recorded = settings.getlist(REPLAY_FILES), settings.get(RECORD_FILE)
    if replayed and recorded:
        raise OptionError("record: what is answered by an archive is recorded there already")
    if replayed:
        _replay(settings, replayed)
    elif recorded:
        _record(settings, recorded)


def _replay(settings: BaseSettings, files: list[str]) -> None:
    for file in files:
        if not Path(file).is_file():
            raise OptionError(f"archive: {file} is not a file")
    _merge(settings, "EXTENSIONS", {"crawler.downloader.warc.Replay": 0})
    _handle_by(settings, _REPLAY_HANDLER)
    for name, parts in _OF_THE_NETWORK.items():
        _merge(settings, name, parts)
    for name, value in _AT_ONCE.items():
        settings.set(name, value, priority="cmdline")


def _record(settings: BaseSettings, file: str) -> None:
    if not file.endswith(_SUFFIX):
        raise OptionError(f"record: the name of {file} does not end in {_SUFFIX}")
    _merge(settings, "EXTENSIONS", {"crawler.downloader.warc.Recorder": 0})
    _handle_by(settings, _RECORDING_HANDLER)


def _handle_by(settings: BaseSettings, handler: str) -> None:
    _merge(settings, "DOWNLOAD_HANDLERS", dict.fromkeys(("http", "https"), handler))


def _merge(settings: BaseSettings, name: str, parts: dict[str, Any]) -> None:
    settings.set(name, {**settings.getdict(name), **parts}, priority="cmdline")


def check_settings(settings: BaseSettings) -> None:
    """Read each setting of ours.

    Raises:
        OptionError: one makes no sense.
    """
    check_pool_settings(settings)
    check_page_objects(settings)
    check_robots_settings(settings)
    check_archive_settings(settings)
    wants_duplicates(settings)
    most_pages(settings)
    RevisitPolicy.from_settings(settings)
    HostLimits.from_settings(settings)
    longest_run(settings)
    AllowedNetworks.parse(settings[ALLOWED_NETWORKS])
    Additions.from_settings(settings)
    ImageWish.from_settings(settings)
    SiteRules.from_settings(settings)
    check_javascript_settings(settings)
