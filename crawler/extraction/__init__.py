"""From the bytes of a page to an `Article`; knows nothing of Scrapy, files or the ledger."""
