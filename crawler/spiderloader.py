"""Finds the spiders of SPIDER_MODULES, and those of installed packages."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, Self

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

SPIDERS: Final = "frontmatter_crawler.spiders"
"""The group of entry points whose values are modules, or packages of modules, with spiders."""

_WARN_ONLY: Final = "SPIDER_LOADER_WARN_ONLY"


class InstalledSpiderLoader(SpiderLoader):
    """Scrapy's own loader, which also looks into the modules that packages name as entry points.

    Scrapy warns of spiders with the same name.
    """

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Load all spiders.

        Raises:
            ImportError, SyntaxError: a module cannot be imported, unless SPIDER_LOADER_WARN_ONLY.
        """
        named = settings.getlist("SPIDER_MODULES")
        installed = [entry.value for entry in entry_points(group=SPIDERS)]
        both = {"SPIDER_MODULES": list(dict.fromkeys([*named, *installed]))}
        return cls(Settings(both | {_WARN_ONLY: settings.getbool(_WARN_ONLY)}))
