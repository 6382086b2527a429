"""Scrapy settings of the package."""

SPIDER_MODULES = ["news_spiders.spiders"]
NEWSPIDER_MODULE = "news_spiders.spiders"
ADDONS = {"crawler.addon.Addon": 500}
