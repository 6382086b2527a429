"""The settings of a crawl that is answered by WARC files, or recorded into one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.fetch.warc.recorder import RECORD_FILE
from crawler.fetch.warc.replay import REPLAY_FILES
from crawler.options import OptionError

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from crawler.options import CrawlOptions

_SUFFIX: Final = ".warc.gz"
_REPLAY_HANDLER: Final = "crawler.fetch.warc.replay.ReplayDownloadHandler"
_RECORDING_HANDLER: Final = "crawler.fetch.warc.recorder.RecordingDownloadHandler"
# Nothing is asked of anybody, so that nobody has to be spared, and nothing can be reached that
# must not be.
_OF_THE_NETWORK: Final[dict[str, dict[str, Any]]] = {
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.fetch.contact_guard.ContactGuardMiddleware": None,
        "crawler.fetch.hosts.gate.HostGate": None,
        "crawler.fetch.robots.middleware.RobotsMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    },
    "EXTENSIONS": {"crawler.fetch.addresses.self_test.GuardSelfTest": None},
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
    _merge(settings, "EXTENSIONS", {"crawler.fetch.warc.replay.Replay": 0})
    _handle_by(settings, _REPLAY_HANDLER)
    for name, parts in _OF_THE_NETWORK.items():
        _merge(settings, name, parts)
    for name, value in _AT_ONCE.items():
        settings.set(name, value, priority="cmdline")


def _record(settings: BaseSettings, file: str) -> None:
    if not file.endswith(_SUFFIX):
        raise OptionError(f"record: the name of {file} does not end in {_SUFFIX}")
    _merge(settings, "EXTENSIONS", {"crawler.fetch.warc.recorder.Recorder": 0})
    _handle_by(settings, _RECORDING_HANDLER)


def _handle_by(settings: BaseSettings, handler: str) -> None:
    _merge(settings, "DOWNLOAD_HANDLERS", dict.fromkeys(("http", "https"), handler))


def _merge(settings: BaseSettings, name: str, parts: dict[str, Any]) -> None:
    settings.set(name, {**settings.getdict(name), **parts}, priority="cmdline")
