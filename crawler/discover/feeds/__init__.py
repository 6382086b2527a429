"""Feeds: RSS, Atom and JSON Feed, and the links of pages to them."""
