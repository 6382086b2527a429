"""Visits of a crawl: what Scrapy is asked for, and how its answers become visits."""
