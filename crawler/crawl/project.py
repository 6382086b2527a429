"""The settings of this project below those of another one, in which a spider lives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from scrapy.utils.project import ENVVAR, get_project_settings
from scrapy.utils.spider import DefaultSpider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapy import Spider

_OURS: Final = "crawler.settings"
_PRIORITY: Final = "addon"  # above Scrapy's defaults, below all that a project sets
_OF_A_PROJECT: Final = frozenset({"BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE"})
OF_THE_PROCESS: Final = ("SPIDER_LOADER_CLASS",)
"""Settings that Scrapy reads before there is a spider."""


def put_ours_below(settings: BaseSettings, names: Iterable[str] | None = None) -> None:
    """Set what crawler/settings.py sets, unless the project, a spider or `-s` sets it.

    Settings that name components (DOWNLOADER_MIDDLEWARES and its like) are completed: components
    that are named at a higher priority keep their place, and those that are not are added.

    Args:
        names: only these settings; None: all but the names of bot and spider modules.
    """
    ours = Settings()
    ours.setmodule(_OURS, priority=_PRIORITY)
    wanted = (name for name in ours if ours.getpriority(name) == SETTINGS_PRIORITIES[_PRIORITY])
    for name in wanted if names is None else names:
        if name not in _OF_A_PROJECT:
            _put(settings, name, ours[name])


def set_by_the_project(settings: BaseSettings, names: Iterable[str]) -> dict[str, Any]:
    """Return the settings of these names, and those of ours, that somebody has set on purpose."""
    least = SETTINGS_PRIORITIES["project"]
    wanted = [*names, *(name for name in settings if name.startswith("CRAWLER_"))]
    return {name: settings[name] for name in wanted if (settings.getpriority(name) or 0) >= least}


def looks_at_one_page(spidercls: type[Spider]) -> bool:
    """Whether a command of Scrapy's own (`fetch`, `view`, `parse`, `check`) runs this spider.

    They put a `start` of theirs in the place of the spider's: nothing is crawled, and nothing
    should follow from it. `scrapy shell` and `scrapy fetch` may come without a spider.
    """
    return issubclass(spidercls, DefaultSpider) or spidercls.start.__module__.startswith(
        "scrapy.commands."
    )


def spider_settings(overrides: Mapping[str, str]) -> Settings:
    """Return the settings of the Scrapy project around the working folder, completed by ours.

    Its module is the one that the environment variable SCRAPY_SETTINGS_MODULE or the nearest
    scrapy.cfg names, and its folder can be imported from. Without either the spiders are ours.

    Raises:
        ImportError: there is no such module.
    """
    named = os.environ.get(ENVVAR)
    settings = get_project_settings()
    if named is None:
        os.environ.pop(ENVVAR, None)  # Scrapy leaves it there, for commands of its own
    settings.setdict(dict(overrides), priority="cmdline")
    put_ours_below(settings)
    if settings.getpriority("SPIDER_MODULES") == 0:
        settings.set("SPIDER_MODULES", ["crawler.spiders"], priority=_PRIORITY)
    return settings


def _put(settings: BaseSettings, name: str, value: Any) -> None:
    # Of Scrapy's own components (EXTENSIONS_BASE), what is not in ours is to be gone.
    if isinstance(value, BaseSettings) and not name.endswith("_BASE"):
        for component, place in value.items():
            settings[name].set(component, place, priority=_PRIORITY)
    else:
        settings.set(name, value, priority=_PRIORITY)
