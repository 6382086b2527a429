"""The main job as a spider: `scrapy crawl items -a items=ITEMS -a output=output`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.crawl.reading import read_page
from crawler.crawl.trail import Trail
from crawler.ledger.records import SourceRecord
from crawler.spiders.source import SourceSpider
from crawler.spiders.visited import SourceVisit
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class ItemsSpider(SourceSpider):
    """Visits every due source of the items and enriches them."""

    name = "items"

    async def parse(self, response: Response) -> AsyncIterator[SourceVisit]:
        """Yield what a visit of this one page would be: `scrapy parse URL --spider items`.

        Nothing is stored, and neither further pages nor archives are asked.
        """
        url = next(iter(response.meta.get("redirect_urls", ())), response.url)
        trail = Trail(SourceRecord(url_key(url), (url,), amp_from=1))
        reading = await read_page(response, self.pool, wants_body=True, rules=self.rules)
        reading = await self._with_scripts(response, reading, trail)
        visit = trail.after(reading.hop(url, response), reading.answer).visit()
        yield SourceVisit(trail.source.key, visit)
