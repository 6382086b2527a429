"""Spiders as people write them, for the tests beside this file."""

from __future__ import annotations

from dataclasses import replace

from crawler.spiders import DiscoverSpider, FeedsSpider, FoundArticle, ListingSpider

SITE = "https://courier.example"


class CourierSpider(ListingSpider):
    name = "courier"
    start_urls = [f"{SITE}/news"]
    max_pages = 3

    def parse(self, response):
        for teaser in response.css("article"):
            url, title = teaser.css("a::attr(href)").get(), teaser.css("h2").get()
            published = teaser.css("time::text").get()
            yield FoundArticle(url, title=title, published=published)
        yield from response.follow_all(css="a[rel=next]")


class SectionsSpider(ListingSpider):
    """With an async callback, one of its own, and an argument of its own."""

    name = "sections"
    start_urls = [f"{SITE}/"]
    arguments = ListingSpider.arguments | {"section"}

    async def parse(self, response):
        url = f"/api/{self.section}"
        return [response.follow(url, self.parse_section, cb_kwargs={"topic": self.section})]

    async def parse_section(self, response, topic):
        for told in response.json():
            yield FoundArticle(told["link"], title=told["name"], topics=(topic,))


class FaultySpider(ListingSpider):
    """Breaks after what it has found, or yields something else, or finds nothing."""

    name = "faulty"

    def parse(self, response):
        if "nothing" in response.url:
            return
        yield FoundArticle("/good", title="Good")
        if "odd" in response.url:
            yield {"url": "/a"}
        yield FoundArticle(response.css("article a::attr(href)").get().strip())


class ChoosySpider(FeedsSpider):
    name = "choosy"
    start_urls = [f"{SITE}/feed"]

    def choose(self, article):
        if "advert" in article.url:
            return None
        return replace(article, topics=("chosen",), title=article.title[:10])


class CarelessSpider(ListingSpider):
    """Hands on what it finds as it stands there, some of which is of no use."""

    name = "careless"
    start_urls = [f"{SITE}/news"]

    def parse(self, response):
        for teaser in response.css("article"):
            yield FoundArticle(
                teaser.css("a"),
                title=teaser.css("h2"),
                authors="Ada Moss",
                topics=(topic for topic in ("town", 7)),
                images=[teaser.css("img"), object()],
                published=teaser.attrib.get("data-day", "some day"),
            )

    def choose(self, article):
        if "return" in article.url:
            return article.url
        return replace(article, topics="chosen") if "chosen" in article.url else article


class PlainSpider(DiscoverSpider):
    """Has no listing, and breaks after what it has found."""

    name = "plain"

    async def discover(self):
        await self.found(FoundArticle(b"https://courier.example/good", title="Good", topics="a"))
        await self.found({"url": f"{SITE}/dict"})
        await self.found(FoundArticle("/relative", title=7))
        raise KeyError("later")
