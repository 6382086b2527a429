"""Which topics of a site's own taxonomy an article is about."""
