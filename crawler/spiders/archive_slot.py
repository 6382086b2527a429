"""The settings of the archive, and the pace of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.web_archive import archive_delay, archive_from_settings

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def check_archive_settings(settings: BaseSettings) -> None:
    """Look at the CRAWLER_ARCHIVE* settings before anything is begun.

    Raises:
        OptionError: one of them makes no sense.
    """
    archive_from_settings(settings)
    archive_delay(settings)


def give_archive_a_slot(settings: BaseSettings) -> None:
    """Pace the archive by CRAWLER_ARCHIVE_DELAY, unless DOWNLOAD_SLOTS says otherwise.

    Raises:
        OptionError: as `check_archive_settings`.
    """
    archive, delay = archive_from_settings(settings), archive_delay(settings)
    if archive is None:
        return
    slots = settings.getdict("DOWNLOAD_SLOTS")
    own = {"delay": delay, "concurrency": 1}
    slots[archive.domain] = own | slots.get(archive.domain, {})
    priority = settings.getpriority("DOWNLOAD_SLOTS") or 0
    settings.set("DOWNLOAD_SLOTS", slots, priority=priority)
