"""The main job as a spider: `scrapy crawl items -a items=ITEMS -a output=output`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.crawl.javascript import with_scripts
from crawler.crawl.open_visit import OpenVisit
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
        visit = OpenVisit(SourceRecord(url_key(url), (url,), amp_from=1))
        reading = await self.page_reader(response, wants_body=True)
        reading = await with_scripts(reading, response, self.scripts, self.page_reader)
        visit = visit.after(reading.attempt(url, response), reading.page)
        yield SourceVisit(visit.source.key, visit.closed())
