"""WARC files as the network of a crawl, or as the record of what it sees."""
