"""What a page's markup says about its article, each field from its best source."""
