"""New items: what feeds, sitemaps and archives tell of articles, as item files."""
