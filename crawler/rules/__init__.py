"""Rules of sites: which parts of their pages hold what; knows nothing of pages or of Scrapy."""
