"""Commands of `scrapy` that this package adds to."""
