"""The main job as a spider: `scrapy crawl items -a items=ITEMS -a output=output`."""

from __future__ import annotations

from crawler.spiders.source import SourceSpider


class ItemsSpider(SourceSpider):
    """Visits every due source of the items and enriches them."""

    name = "items"
