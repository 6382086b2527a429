"""What other Scrapy projects enable: `ADDONS = {"crawler.addon.Addon": 500}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from crawler.crawl.project import OF_THE_PROCESS, put_ours_below
from crawler.spiders.source import SourceSpider

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_PIPELINE: Final = "crawler.crawl.enriching.EnrichmentPipeline"
_PLACE: Final = 900  # after the project's own pipelines have completed an item


class Addon:
    """Lets our spiders, and the items of any other spider, live in another Scrapy project.

    What it sets goes below everything that the project, a spider or `-s` sets:

    - for the process: SPIDER_LOADER_CLASS, so that the spiders of installed packages are found;
    - for spiders of ours and those made from them: all of crawler/settings.py (which
      `SourceSpider.update_settings` does, with the add-on or without);
    - for any other spider: the pipeline `EnrichmentPipeline`, which works where CRAWLER_ITEMS is
      set, and nothing else.
    """

    def __init__(self, spidercls: type[Spider]) -> None:
        self._has_plan = issubclass(spidercls, SourceSpider)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the add-on for the spider of a crawler."""
        return cls(crawler.spidercls)

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Set what Scrapy reads before there is a spider."""
        put_ours_below(settings, OF_THE_PROCESS)

    def update_settings(self, settings: BaseSettings) -> None:
        """Have the items of a spider enriched that has no plan by itself."""
        if not self._has_plan:
            pipelines: Any = settings["ITEM_PIPELINES"]
            pipelines.set(_PIPELINE, _PLACE, priority="addon")
