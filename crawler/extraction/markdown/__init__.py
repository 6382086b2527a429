"""From the article's body to Markdown that is safe to publish."""
