"""Sitemaps (https://www.sitemaps.org/protocol.html), also those of news, and their indexes."""
