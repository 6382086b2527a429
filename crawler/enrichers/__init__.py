"""What a portal adds to its articles by code of its own: summaries, tags, translations."""
