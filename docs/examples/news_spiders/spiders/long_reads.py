"""A feed."""

from dataclasses import replace

from crawler.spiders import FeedsSpider


class LongReadsSpider(FeedsSpider):
    """The magazine's long reads; its adverts are in the same feed."""

    name = "long-reads"
    start_urls = ["https://magazine.example/"]  # a page, which names the feed

    def choose(self, article):
        if "advertisement" in article.topics:
            return None
        return replace(article, topics=(*article.topics, "long read"))
