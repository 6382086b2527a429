"""A bundled web and bundled items, so that the whole crawl can be shown without a network."""
