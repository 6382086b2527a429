"""Looks at the settings of ours before anything is begun."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler import config
from crawler.crawl.javascript import check_javascript_settings
from crawler.crawl.pool import check_page_objects
from crawler.images.policy import ImagePolicy
from crawler.notify import Notifier
from crawler.options import OptionError
from crawler.output.enriched import Additions
from crawler.rules import SiteRules
from crawler.web_archive import archive_from_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scrapy.settings import BaseSettings

    from crawler.options import CrawlOptions


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
    config.WAYBACK_DELAY.name: 0,
    "DOWNLOAD_SLOTS": {},
    "RETRY_ENABLED": False,
}


def choose_warc_files(settings: BaseSettings, options: CrawlOptions) -> None:
    """Have the crawl answered by, or recorded into, what options or settings name.

    Raises:
        OptionError: a file is not there or has another kind of name, or both are wanted.
    """
    if options.replay:
        settings.set(config.REPLAY.name, [str(path) for path in options.replay], priority="cmdline")
    if options.record is not None:
        settings.set(config.RECORD.name, str(options.record), priority="cmdline")
    replayed, recorded = config.REPLAY.of(settings), config.RECORD.of(settings)
    if replayed and recorded:
        raise OptionError("record: what is answered from WARC files is recorded there already")
    if replayed:
        _replay(settings, replayed)
    elif recorded:
        _record(settings, recorded)


def _replay(settings: BaseSettings, files: Sequence[str]) -> None:
    for file in files:
        if not Path(file).is_file():
            raise OptionError(f"replay: {file} is not a file")
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
    """Read each setting of ours, and what they name.

    Raises:
        OptionError: one makes no sense, or there is none of that name.
    """
    check_values(settings)
    check_page_objects(settings)
    archive_from_settings(settings)
    ImagePolicy.from_settings(settings)
    Additions.from_settings(settings)
    SiteRules.from_settings(settings)
    check_javascript_settings(settings)
    Notifier.from_environment(settings)


def check_values(settings: BaseSettings) -> None:
    """Read each setting of ours.

    Raises:
        OptionError: as `check_settings`.
    """
    check_names(settings)
    for setting in config.SETTINGS.values():
        setting.of(settings)


def check_names(names: Iterable[str], environ: Mapping[str, str] = os.environ) -> None:
    """See that no setting is misspelled, and no environment variable that is read here.

    Raises:
        OptionError: a name begins as ours do and is none of them, or is almost that of a variable.
    """
    variables = [name for name, setting in config.SETTINGS.items() if setting.is_variable]
    variables += config.SECRET_VARIABLES
    for name in names:
        if name.startswith(config.PREFIX) and name not in config.SETTINGS:
            if name in config.SECRET_VARIABLES:
                raise OptionError(f"{name}: it is a secret, and only read from the environment")
            meant = _nearest(name, config.SETTINGS, 0.6)
            known = f"did you mean {meant}?" if meant else "docs/settings.md has all that there are"
            raise OptionError(f"{name}: there is no such setting; {known}")
    for name in environ:
        meant = _nearest(name, variables, 0.8) if name.startswith(config.PREFIX) else None
        if meant and name not in {*config.SETTINGS, *variables}:
            told = f"there is no such environment variable; did you mean {meant}?"
            raise OptionError(f"{name}: {told}")


def _nearest(name: str, known: Iterable[str], least: float) -> str | None:
    """Return the known name that is most like one, if one is, without the part that all have."""
    shorts = {one.removeprefix(config.PREFIX): one for one in known}
    found = get_close_matches(name.removeprefix(config.PREFIX), shorts, n=1, cutoff=least)
    return shorts[found[0]] if found else None
