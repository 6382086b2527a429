"""A listing page."""

from crawler.spiders import FoundArticle, ListingSpider


class PressReleasesSpider(ListingSpider):
    """Press releases of a town hall; `-a office=parks` takes those of one office only."""

    name = "press-releases"
    start_urls = ["https://townhall.example/press"]
    arguments = ListingSpider.arguments | {"office"}
    office = None
    max_pages = 5

    def parse(self, response):
        for row in response.css("table.releases tr"):
            office = row.css("td.office::text").get()
            if self.office in (None, office):
                yield FoundArticle(
                    url=row.css("a::attr(href)").get(),
                    title=row.css("a").get(),
                    published=row.css("td.day::text").get(),
                    topics=(office,),
                )
        yield from response.follow_all(css="a.older")
