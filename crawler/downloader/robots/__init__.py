"""robots.txt by RFC 9309: fetched once a host, remembered for a day, obeyed by every request."""
