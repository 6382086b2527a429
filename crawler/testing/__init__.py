"""For the tests of spiders of one's own: the real crawl of pages that are given, without a network.

from crawler.testing import article_page, crawl
"""

from __future__ import annotations

from crawler.testing.crawled import Crawled, crawl
from crawler.testing.pages import Page, article_page

__all__ = ["Crawled", "Page", "article_page", "crawl"]
