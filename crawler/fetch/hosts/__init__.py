"""How long hosts are left alone between requests."""
